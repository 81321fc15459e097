/** The hypervisor taken out: the same guest on the hardware itself. */
@NullMarked
package dev.haltlab.engine.hw;

import org.jspecify.annotations.NullMarked;
