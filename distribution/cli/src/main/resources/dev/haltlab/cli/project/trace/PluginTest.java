package {{package}};

import dev.haltlab.tck.junit.TraceReaderTck;
import java.util.List;

/** The contract by the kit, tried with lines of this format. */
class {{class}}Test implements TraceReaderTck<{{class}}.Config> {
  @Override
  public {{class}} provider() {
    return new {{class}}();
  }

  @Override
  public List<String> lines() {
    return List.of("# a comment", "1000300 3 4711 150000 slept", "1100300 3 4711 80000 polled");
  }
}
