/** The built-in guest workloads. */
module dev.haltlab.workload {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.workload;

  provides dev.haltlab.spi.WorkloadProvider with
      dev.haltlab.workload.TcpRr,
      dev.haltlab.workload.IpiLatency,
      dev.haltlab.workload.Idle,
      dev.haltlab.workload.Memcache,
      dev.haltlab.workload.EventObjects,
      dev.haltlab.workload.Background,
      dev.haltlab.workload.Program;
}
