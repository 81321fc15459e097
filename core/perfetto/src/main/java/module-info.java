/** Perfetto's trace format, as far as timelines need it. */
module perfetto.protos {
  requires transitive com.google.protobuf;

  exports perfetto.protos;
}
