/**
 * The rule kit: what a plugin's class files and jar must be like, whatever it does when it runs. ArchUnit rules for an
 * author's own build, and the same rules with the checks of the jar for the command.
 */
module dev.haltlab.rules {
  requires transitive com.tngtech.archunit;
  requires transitive dev.haltlab.spi;
  requires org.slf4j; // ArchUnit's, and explicit: an automatic module pulls in automatic ones only
  requires static com.tngtech.archunit.junit5.api;
  requires static org.jspecify;

  exports dev.haltlab.rules;
}
