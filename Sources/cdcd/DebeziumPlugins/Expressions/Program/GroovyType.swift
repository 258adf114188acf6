/// The types of Java that `as`, `instanceof` and casts of Groovy can name.
enum GroovyType: String {
    case bigDecimal = "BigDecimal"
    case bigInteger = "BigInteger"
    case boolean = "Boolean"
    case byte = "Byte"
    case collection = "Collection"
    case date = "Date"
    case double = "Double"
    case float = "Float"
    case integer = "Integer"
    case list = "List"
    case long = "Long"
    case map = "Map"
    case number = "Number"
    case object = "Object"
    case short = "Short"
    case string = "String"
    case structure = "Struct"

    /// - Parameter name: also of a primitive type, or with its package.
    init?(named name: String) {
        switch name {
        case "int": self = .integer
        case "boolean", "byte", "double", "float", "long", "short": self.init(rawValue: name.capitalizedFirst)
        case "org.apache.kafka.connect.data.Struct": self = .structure
        case "Struct": return nil
        default:
            let packages = ["java.lang.", "java.util.", "java.math."]
            let package = packages.first { name.hasPrefix($0) } ?? ""
            self.init(rawValue: String(name.dropFirst(package.count)))
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
