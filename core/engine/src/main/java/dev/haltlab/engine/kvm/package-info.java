/** KVM: vCPU threads, their exits, the halt path and the interrupt path. */
@NullMarked
package dev.haltlab.engine.kvm;

import org.jspecify.annotations.NullMarked;
