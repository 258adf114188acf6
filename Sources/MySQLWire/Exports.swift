// The parts of the shared modules that are API of this library: addresses, TLS settings, errors of streams and bytes.
@_exported import WireCore
@_exported import WireStreams
