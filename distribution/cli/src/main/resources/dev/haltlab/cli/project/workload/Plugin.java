package {{package}};

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;

/** A client on the first vCPU asks a server on the last one, one request at a time: something to begin with. */
public final class {{class}} implements WorkloadProvider<{{class}}.Config> {

  /**
   * What a scenario may set.
   *
   * @param thinking CPU time of the client between a reply and the next request
   * @param serving CPU time of the server for each request
   */
  public record Config(Dist thinking, Dist serving) {}

  @Override
  public String id() {
    return "{{id}}";
  }

  @Override
  public Config defaults() {
    return new Config(Dist.fixed(Duration.ofNanos(2_000)), Dist.exponential(Duration.ofNanos(20_000)));
  }

  @Override
  public String summary() {
    return "a client that asks a server, one request at a time";
  }

  @Override
  public void define(Config config, Guest guest) {
    Socket request = guest.socket("request");
    Socket reply = guest.socket("reply");
    Probe transaction = guest.probe("transaction"); // the first one is what reports call the transaction
    guest.task("client", 0, Script.forever()
        .start(transaction).send(request, 64).receive(reply).stop(transaction).compute(config.thinking()));
    guest.task("server", guest.vcpus() - 1, Script.forever()
        .receive(request).compute(config.serving()).send(reply, 1_024));
  }
}
