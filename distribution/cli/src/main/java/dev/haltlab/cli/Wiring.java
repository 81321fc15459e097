package dev.haltlab.cli;

import dagger.Binds;
import dagger.Provides;
import dagger.multibindings.ClassKey;
import dagger.multibindings.IntoMap;
import dev.haltlab.platform.run.Runner;

/** Which command stands behind which class, and how the platform's parts are made. */
@dagger.Module
abstract class Wiring {
  @Provides
  static Runner runner() {
    return new Runner();
  }

  @Binds
  @IntoMap
  @ClassKey(HaltlabCommand.class)
  abstract Object haltlab(HaltlabCommand command);

  @Binds
  @IntoMap
  @ClassKey(RunCommand.class)
  abstract Object run(RunCommand command);

  @Binds
  @IntoMap
  @ClassKey(ValidateCommand.class)
  abstract Object validate(ValidateCommand command);

  @Binds
  @IntoMap
  @ClassKey(ReplayCommand.class)
  abstract Object replay(ReplayCommand command);

  @Binds
  @IntoMap
  @ClassKey(CompareCommand.class)
  abstract Object compare(CompareCommand command);

  @Binds
  @IntoMap
  @ClassKey(ExplainCommand.class)
  abstract Object explain(ExplainCommand command);

  @Binds
  @IntoMap
  @ClassKey(CaptureCommand.class)
  abstract Object capture(CaptureCommand command);

  @Binds
  @IntoMap
  @ClassKey(SchemaCommand.class)
  abstract Object schema(SchemaCommand command);

  @Binds
  @IntoMap
  @ClassKey(InitCommand.class)
  abstract Object init(InitCommand command);

  @Binds
  @IntoMap
  @ClassKey(PluginsListCommand.class)
  abstract Object pluginsList(PluginsListCommand command);

  @Binds
  @IntoMap
  @ClassKey(PluginsDescribeCommand.class)
  abstract Object pluginsDescribe(PluginsDescribeCommand command);

  @Binds
  @IntoMap
  @ClassKey(PluginsVerifyCommand.class)
  abstract Object pluginsVerify(PluginsVerifyCommand command);

  @Binds
  @IntoMap
  @ClassKey(PluginsInstallCommand.class)
  abstract Object pluginsInstall(PluginsInstallCommand command);

  @Binds
  @IntoMap
  @ClassKey(PluginsNewCommand.class)
  abstract Object pluginsNew(PluginsNewCommand command);

  @Binds
  abstract PluginVerifier pluginVerifier(FullVerifier verifier);
}
