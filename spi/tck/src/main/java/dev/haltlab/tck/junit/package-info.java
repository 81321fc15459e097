/**
 * The rules as JUnit 5 tests. A test class of a plugin implements the interface of its kind and says how to make the
 * provider; every rule is a test of its own, named by the rule's id.
 *
 * <pre>
 *   class MyPollTest implements HaltPollTck&lt;MyPoll.Config&gt; {
 *     &#64;Override
 *     public MyPoll provider() {
 *       return new MyPoll();
 *     }
 *   }
 * </pre>
 */
@NullMarked
package dev.haltlab.tck.junit;

import org.jspecify.annotations.NullMarked;
