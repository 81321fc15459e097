/** The built-in guest idle policies. */
module dev.haltlab.idle {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.idle;

  provides dev.haltlab.spi.IdlePolicyProvider with
      dev.haltlab.idle.Nohz,
      dev.haltlab.idle.PeriodicTick,
      dev.haltlab.idle.Poll,
      dev.haltlab.idle.Haltpoll,
      dev.haltlab.idle.Halt,
      dev.haltlab.idle.Menu,
      dev.haltlab.idle.Teo;
}
