import ConnectData

/// A compiled expression.
struct ExpressionNode {
    let kind: Kind
    let place: SourcePlace
    /// The levels of nested expressions.
    let depth: Int

    indirect enum Kind {
        case constant(ScriptValue)
        case template([TemplatePart])
        case list([ExpressionNode])
        case map([(key: ExpressionNode, value: ExpressionNode)])
        case range(ExpressionNode, ExpressionNode, excludesEnd: Bool)
        case record(RecordVariable)
        case local(Int)
        case member(ExpressionNode, MemberSite, isSafe: Bool)
        case index(ExpressionNode, ExpressionNode, isSafe: Bool)
        case invoke(ExpressionNode, ScriptMethod, [ExpressionNode], isSafe: Bool)
        case function(ScriptFunction, [ExpressionNode])
        /// The call of a closure that is the value of an expression.
        case call(ExpressionNode, [ExpressionNode])
        case closure(ClosureDefinition)
        case unary(UnaryOperator, ExpressionNode)
        case binary(BinaryOperator, ExpressionNode, ExpressionNode)
        /// Operands joined by `&&`.
        case and([ExpressionNode])
        /// Operands joined by `||`.
        case or([ExpressionNode])
        /// `??`
        case coalesce(ExpressionNode, ExpressionNode)
        /// `?:`
        case elvis(ExpressionNode, ExpressionNode)
        case conditional(ExpressionNode, ExpressionNode, ExpressionNode)
        case instanceOf(ExpressionNode, GroovyType)
        /// - isConversion: `as`, which reads numbers from texts; else a cast in parentheses.
        case cast(ExpressionNode, GroovyType, isConversion: Bool)
        /// An expression in parentheses, which ends an optional chain of JavaScript.
        case group(ExpressionNode)
    }

    /// Whether operands are joined by `&&` or `||` without parentheses around them.
    var isLogical: Bool {
        switch kind {
        case .and, .or: true
        default: false
        }
    }

    enum TemplatePart {
        case text(String)
        case value(ExpressionNode)
    }
}

enum ExpressionStatement {
    case evaluate(ExpressionNode)
    /// A declaration, or an assignment to a variable.
    case assign(Int, ExpressionNode, isDeclaration: Bool)
    indirect case condition(ExpressionNode, [ExpressionStatement], [ExpressionStatement])
    case block([ExpressionStatement])
    case result(ExpressionNode?)
}

/// The variables that Debezium gives to an expression.
enum RecordVariable: String {
    case key, value, keySchema, valueSchema, topic, headers
}

enum UnaryOperator {
    case not, negate, plus, complement, typeOf
}

enum BinaryOperator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case equal = "=="
    case notEqual = "!="
    case identical = "==="
    case notIdentical = "!=="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case compare = "<=>"
    case find = "=~"
    case match = "==~"
    case contained = "in"
    case notContained = "!in"
    case bitAnd = "&"
    case bitOr = "|"
    case bitXor = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case shiftRightUnsigned = ">>>"
}

/// A place that reads a named member, with the index of the field for the schema that it was last used with.
final class MemberSite {
    let name: String
    private var schema: Schema?
    private var index: Int?

    init(_ name: String) { self.name = name }

    func index(in schema: Schema) -> Int? {
        if self.schema !== schema {
            index = schema.index(of: name)
            self.schema = schema
        }
        return index
    }
}

/// A closure of Groovy or a function of JavaScript. Its parameters and variables are slots of the expression.
final class ClosureDefinition {
    let parameters: [Int]
    let body: [ExpressionStatement]
    /// Whether the value of the last statement is the result; else only `return` gives one.
    let returnsLastValue: Bool
    /// Whether a call runs; a call by itself would overwrite its variables.
    var isActive = false

    init(parameters: [Int], body: [ExpressionStatement], returnsLastValue: Bool) {
        self.parameters = parameters
        self.body = body
        self.returnsLastValue = returnsLastValue
    }
}

/// A method by name, resolved when the expression is compiled.
enum ScriptMethod {
    case groovy(GroovyMethod)
    case javaScript(JavaScriptMethod)

    var name: String {
        switch self {
        case .groovy(let method): method.rawValue
        case .javaScript(let method): method.rawValue
        }
    }
}

/// A compiled expression with the number of its variables.
struct ExpressionProgram {
    let language: ExpressionLanguage
    let statements: [ExpressionStatement]
    let slotCount: Int
}
