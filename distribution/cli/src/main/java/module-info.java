/** The command {@code haltlab}. */
module dev.haltlab.cli {
  requires dagger;
  requires dev.haltlab.platform;
  requires dev.haltlab.rules;
  requires dev.haltlab.tck;
  requires info.picocli;
  requires jakarta.inject; // what Dagger's generated code names; an automatic module pulls in no explicit one
  requires me.tongfei.progressbar;
  requires static java.compiler; // javax.annotation.processing.Generated, on generated code
  requires static org.jspecify;

  opens dev.haltlab.cli to info.picocli;
}
