/** Discovery, YAML, schema, plan, runs and reports: everything between a user's file and the engine. */
module dev.haltlab.platform {
  requires transitive dev.haltlab.engine;
  requires transitive dev.haltlab.spi;
  requires transitive dev.haltlab.trace;
  requires com.github.zafarkhaja.semver; // PF4J's; named so that nothing depends on what an automatic module drags in
  requires org.slf4j; // PF4J's, and explicit: an automatic module pulls in automatic ones only
  requires pf4j;
  requires org.snakeyaml.engine;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires java.management;
  requires perfetto.protos;
  requires org.apache.commons.statistics.distribution;
  // Bound as a provider of java.management wherever the runtime has it; without it a run cannot tell what it allocated.
  requires static jdk.management;
  requires static org.jspecify;

  uses dev.haltlab.spi.HaltPollProvider;
  uses dev.haltlab.spi.IdlePolicyProvider;
  uses dev.haltlab.spi.WorkloadProvider;
  uses dev.haltlab.spi.HostProfileProvider;
  uses dev.haltlab.spi.TraceReaderProvider;

  exports dev.haltlab.platform.catalog;
  exports dev.haltlab.platform.compare;
  exports dev.haltlab.platform.config;
  exports dev.haltlab.platform.explain;
  exports dev.haltlab.platform.kvmstat;
  exports dev.haltlab.platform.scenario;
  exports dev.haltlab.platform.schema;
  exports dev.haltlab.platform.page;
  exports dev.haltlab.platform.run;
  exports dev.haltlab.platform.timeline;
  exports dev.haltlab.platform.replay;
  exports dev.haltlab.platform.report;
}
