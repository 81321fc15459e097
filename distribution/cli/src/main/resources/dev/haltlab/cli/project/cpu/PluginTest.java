package {{package}};

import dev.haltlab.tck.junit.HostProfileTck;

/** The contract by the kit. */
class {{class}}Test implements HostProfileTck {
  @Override
  public {{class}} provider() {
    return new {{class}}();
  }
}
