/**
 * Benchmarks (JMH). They are compiled with everything else and never run by the build: a figure taken on a busy machine
 * is no figure. To run some, with JMH's own arguments:
 *
 * <pre>{@code
 * mvn -q -pl core/bench -am -Pbench process-classes -Dbench="CalendarHold -p pending=16"
 * mvn -q -pl core/bench -am -Pbench process-classes -Dbench="TcpRr -p variant=KVM -f 1"
 * }</pre>
 *
 * <p>Forked JVMs get the flags that the launcher gives a run.
 */
@NullMarked
package dev.haltlab.bench;

import org.jspecify.annotations.NullMarked;
