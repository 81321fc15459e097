/** The built-in guest workloads. */
module dev.haltlab.workload {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.workload;

  provides dev.haltlab.spi.WorkloadProvider with
      dev.haltlab.workload.TcpRr;
}
