package org.pf4j.planted;

/** Stands for PF4J, which the command's module does not see; see ArchitectureTest. */
public final class Loader {}
