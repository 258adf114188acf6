/// The kind of a plugin; the raw value is the type that REST shows.
package enum PluginKind: String, Sendable, CaseIterable {
    // In the order in which Connect lists them.
    case sinkConnector = "sink"
    case sourceConnector = "source"
    case transformation
    case predicate
    case converter
    case headerConverter = "header_converter"
    case configProvider = "configprovider"

    /// The Java interface, as error messages name it.
    package var interfaceName: String {
        switch self {
        case .sinkConnector, .sourceConnector: "Connector"
        case .transformation: "Transformation"
        case .predicate: "Predicate"
        case .converter: "Converter"
        case .headerConverter: "HeaderConverter"
        case .configProvider: "ConfigProvider"
        }
    }

    /// The suffixes of simple class names that a configuration may omit.
    var optionalSuffixes: [String] {
        switch self {
        case .sinkConnector, .sourceConnector: ["Connector"]
        case .transformation: ["Transformation"]
        case .predicate: ["Predicate"]
        case .converter: ["Converter"]
        case .headerConverter: ["Converter", "HeaderConverter"]
        case .configProvider: ["ConfigProvider"]
        }
    }

    /// The noun for messages about classes that are not built in.
    var noun: String {
        switch self {
        case .sinkConnector, .sourceConnector: "connector"
        case .transformation: "transform"
        case .predicate: "predicate"
        case .converter, .headerConverter: "converter"
        case .configProvider: "config provider"
        }
    }

    package var isConnector: Bool { self == .sourceConnector || self == .sinkConnector }
}
