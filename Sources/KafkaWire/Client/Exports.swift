// Part of this library's API: records, codecs and error codes; addresses, TLS and errors of connections.
@_exported import KafkaProtocol
@_exported import WireCore
@_exported import WireStreams
