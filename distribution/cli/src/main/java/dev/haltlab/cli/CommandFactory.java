package dev.haltlab.cli;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Gives picocli the commands that the application wires, and leaves its own classes to it. */
final class CommandFactory implements IFactory {
  private final Map<Class<?>, Provider<Object>> commands;
  private final IFactory others = CommandLine.defaultFactory();

  @Inject
  CommandFactory(Map<Class<?>, Provider<Object>> commands) {
    this.commands = commands;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    Provider<Object> ours = commands.get(type);
    return ours == null ? others.create(type) : type.cast(ours.get());
  }
}
