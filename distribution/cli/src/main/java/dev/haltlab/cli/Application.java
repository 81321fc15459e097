package dev.haltlab.cli;

import dagger.BindsInstance;
import dagger.Component;
import jakarta.inject.Singleton;

/** The application, wired at compile time. Commands are made when picocli asks for them. */
@Singleton
@Component(modules = Wiring.class)
interface Application {
  CommandFactory commands();

  @Component.Factory
  interface Factory {
    Application create(@BindsInstance Console console, @BindsInstance Installation installation);
  }
}
