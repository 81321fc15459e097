/** The built-in host CPU profiles. */
module dev.haltlab.host {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.host;

  provides dev.haltlab.spi.HostProfileProvider with
      dev.haltlab.host.SandyBridge,
      dev.haltlab.host.IvyBridge,
      dev.haltlab.host.Haswell,
      dev.haltlab.host.SkylakeSp;
}
