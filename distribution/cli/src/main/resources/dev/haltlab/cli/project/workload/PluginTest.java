package {{package}};

import dev.haltlab.tck.junit.WorkloadTck;

/** The contract by the kit, which plays the guest. */
class {{class}}Test implements WorkloadTck<{{class}}.Config> {
  @Override
  public {{class}} provider() {
    return new {{class}}();
  }
}
