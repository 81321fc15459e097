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
      dev.haltlab.haltpoll.Oracle,
      dev.haltlab.haltpoll.BreakEven,
      dev.haltlab.haltpoll.Ewma,
      dev.haltlab.haltpoll.Percentile,
      dev.haltlab.haltpoll.Simplified,
      dev.haltlab.haltpoll.StealAware,
      dev.haltlab.haltpoll.Toggle,
      dev.haltlab.haltpoll.LinuxRelease.V4_0,
      dev.haltlab.haltpoll.LinuxRelease.V4_3,
      dev.haltlab.haltpoll.LinuxRelease.V4_4,
      dev.haltlab.haltpoll.LinuxRelease.V4_7,
      dev.haltlab.haltpoll.LinuxRelease.V4_19,
      dev.haltlab.haltpoll.LinuxRelease.V5_4,
      dev.haltlab.haltpoll.LinuxRelease.V5_10,
      dev.haltlab.haltpoll.LinuxRelease.V5_14,
      dev.haltlab.haltpoll.LinuxRelease.V5_15,
      dev.haltlab.haltpoll.LinuxRelease.V6_1,
      dev.haltlab.haltpoll.LinuxRelease.V6_11;
}
