import ConnectData

/// The arguments of a method or function of Groovy or Java.
struct MethodArguments {
    let name: String
    let values: [ScriptValue]

    init(_ name: String, _ values: [ScriptValue]) {
        self.name = name
        self.values = values
    }

    var count: Int { values.count }

    private var mismatch: ExpressionError {
        ExpressionError(
            "\(name)() is not applicable for argument types: (\(values.map(Groovy.className).joined(separator: ", ")))")
    }

    func value(_ index: Int) throws(ExpressionError) -> ScriptValue {
        guard index < values.count else { throw mismatch }
        return values[index]
    }

    func text(_ index: Int) throws(ExpressionError) -> String {
        switch try value(index) {
        case .string(let text), .gstring(let text): return text
        case .character(let unit): return String(utf16CodeUnits: [unit])
        default: throw mismatch
        }
    }

    func number(_ index: Int) throws(ExpressionError) -> ScriptValue {
        let value = try value(index)
        guard Groovy.isNumber(value) else { throw mismatch }
        return value
    }

    func double(_ index: Int) throws(ExpressionError) -> Double { Groovy.double(try number(index)) ?? .nan }

    /// An argument of type `int`.
    func int(_ index: Int) throws(ExpressionError) -> Int {
        guard case .integer(let value, let type) = try value(index), type != .long else { throw mismatch }
        return Int(value)
    }

    func closure(_ index: Int) throws(ExpressionError) -> ClosureDefinition {
        guard case .closure(let closure) = try value(index) else { throw mismatch }
        return closure
    }

    /// The values, if there are as many.
    func expect(_ counts: ClosedRange<Int>) throws(ExpressionError) {
        guard counts.contains(values.count) else { throw mismatch }
    }
}
