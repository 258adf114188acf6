// What a user of this library needs of the shared modules: addresses, TLS settings, errors of streams and bytes.
@_exported import WireCore
@_exported import WireStreams
