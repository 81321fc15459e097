/** From a scenario file to a plan: overlay of variants, placement checks, the resolved plan. */
@NullMarked
package dev.haltlab.platform.scenario;

import org.jspecify.annotations.NullMarked;
