/** The built-in halt-poll strategies. */
module dev.haltlab.haltpoll {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.haltpoll;

  provides dev.haltlab.spi.HaltPollProvider with
      dev.haltlab.haltpoll.Off,
      dev.haltlab.haltpoll.Fixed,
      dev.haltlab.haltpoll.Adaptive,
      dev.haltlab.haltpoll.NeverSchedule,
      dev.haltlab.haltpoll.Oracle;
}
