package dev.haltlab.platform.replay;

import dev.haltlab.platform.scenario.PluginText.Chosen;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.trace.replay.Change;
import dev.haltlab.trace.replay.GuestRules;
import dev.haltlab.trace.replay.HostRules;
import dev.haltlab.trace.replay.Parameters;
import java.util.List;

/** The installed strategies that follow the kernel's rules, as replays ask for them. */
final class KernelRules {
  private KernelRules() {}

  /** The host's rule. */
  static final class Host implements HostRules {
    private final HaltPollProvider<Record> provider;
    private final RuleConfig config;
    private final String trace;

    @SuppressWarnings("unchecked") // the configuration type is known to the provider only
    Host(Chosen<HaltPollProvider> chosen, String trace) {
      this.provider = (HaltPollProvider<Record>) chosen.entry().provider();
      this.config = new RuleConfig(provider, chosen.given(), false);
      this.trace = trace;
    }

    @Override
    public HaltPoll create(int vcpu, Parameters parameters, List<Change> changes) {
      return provider.create(config.of(parameters, changes), new ReplaySeat(trace, vcpu));
    }

    RuleConfig config() {
      return config;
    }
  }

  /** The guest's rule. */
  static final class Guest implements GuestRules {
    private final IdlePolicyProvider<Record> provider;
    private final RuleConfig config;
    private final String trace;

    @SuppressWarnings("unchecked") // the configuration type is known to the provider only
    Guest(Chosen<IdlePolicyProvider> chosen, String trace) {
      this.provider = (IdlePolicyProvider<Record>) chosen.entry().provider();
      this.config = new RuleConfig(provider, chosen.given(), true);
      this.trace = trace;
    }

    @Override
    public IdlePolicy create(int cpu, Parameters parameters, List<Change> changes) {
      return provider.create(config.of(parameters, changes), new ReplaySeat(trace, cpu));
    }

    @Override
    public long maxNs(Parameters parameters, List<Change> changes) {
      return config.maxNs(config.of(parameters, changes));
    }

    RuleConfig config() {
      return config;
    }
  }
}
