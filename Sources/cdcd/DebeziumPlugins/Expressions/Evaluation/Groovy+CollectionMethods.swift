import ConnectData

// The methods of lists and maps: those of `java.util`, and those of Groovy's `DefaultGroovyMethods`.
extension Groovy {
    static func listMethod(
        _ method: GroovyMethod, _ object: ScriptValue, _ items: [ScriptValue], _ arguments: MethodArguments,
        _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        if let value = try closureMethod(method, items, arguments, evaluation) { return value }
        switch method {
        case .size: return .int(items.count)
        case .isEmpty: return .boolean(items.isEmpty)
        case .contains:
            let wanted = try arguments.value(0)
            if case .range = object { return .boolean(try isContained(wanted, in: object, evaluation)) }
            return .boolean(items.contains { areEqualObjects($0, wanted) })
        case .containsAll, .disjoint, .intersect:
            guard let others = self.items(try arguments.value(0)) else { return nil }
            for _ in items { try evaluation.count(contentsOf: .list(others)) }
            if method == .containsAll {
                return .boolean(others.allSatisfy { other in items.contains { areEqualObjects($0, other) } })
            }
            var common: [ScriptValue] = []
            for item in items {
                for other in others where try areEqual(item, other) {
                    common.append(item)
                    break
                }
            }
            return method == .disjoint ? .boolean(common.isEmpty) : .list(common)
        case .indexOf, .lastIndexOf:
            let wanted = try arguments.value(0)
            let index = method == .indexOf
                ? items.firstIndex { areEqualObjects($0, wanted) } : items.lastIndex { areEqualObjects($0, wanted) }
            return .int(index ?? -1)
        case .get:
            let index = try arguments.int(0)
            guard items.indices.contains(index) else {
                throw ExpressionError("Index \(index) out of bounds for length \(items.count)")
            }
            return items[index]
        case .getAt: return try element(try arguments.value(0), of: object, evaluation)
        case .first, .last, .head:
            guard let item = method == .last ? items.last : items.first else {
                throw ExpressionError("Cannot access \(method.rawValue)() element from an empty List")
            }
            return item
        case .tail:
            guard !items.isEmpty else { throw ExpressionError("Cannot access tail() for an empty List") }
            return .list(Array(items.dropFirst()))
        case .take: return .list(Array(items.prefix(max(0, try arguments.int(0)))))
        case .drop: return .list(Array(items.dropFirst(max(0, try arguments.int(0)))))
        case .reverse: return .list(items.reversed())
        case .join: return .string(try joined(items, arguments.count > 0 ? try arguments.text(0) : ""))
        case .toList: return .list(items)
        case .plus:
            let other = try arguments.value(0)
            return .list(items + (self.items(other) ?? [other]))
        case .unique:
            var kept: [ScriptValue] = []
            for item in items {
                try evaluation.count(contentsOf: .list(kept))
                var isKnown = false
                for other in kept where try compare(item, other) == 0 { isKnown = true }
                if !isKnown { kept.append(item) }
            }
            return .list(kept)
        case .sum where arguments.count == 0:
            guard var total = items.first else { return .null }
            for item in items.dropFirst() { total = try binary(.add, total, item, evaluation) }
            return total
        case .max where arguments.count == 0, .min where arguments.count == 0:
            var best: ScriptValue?
            for item in items where !item.isNullish {
                guard let known = best else {
                    best = item
                    continue
                }
                let order = try compare(item, known)
                if method == .max ? order > 0 : order < 0 { best = item }
            }
            return best ?? .null
        default: return nil
        }
    }

    /// The methods that call a closure for each item.
    private static func closureMethod(
        _ method: GroovyMethod, _ items: [ScriptValue], _ arguments: MethodArguments, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        switch method {
        case .any, .every:
            guard arguments.count > 0 else {
                for item in items where try isTrue(item) == (method == .any) { return .boolean(method == .any) }
                return .boolean(method == .every)
            }
            let closure = try arguments.closure(0)
            for item in items where try isTrue(try call(closure, item, evaluation)) == (method == .any) {
                return .boolean(method == .any)
            }
            return .boolean(method == .every)
        case .find, .findAll:
            let closure = arguments.count > 0 ? try arguments.closure(0) : nil
            var found: [ScriptValue] = []
            for item in items {
                let result = if let closure { try call(closure, item, evaluation) } else { item }
                guard try isTrue(result) else { continue }
                if method == .find { return item }
                found.append(item)
            }
            return method == .find ? .null : .list(found)
        case .collect:
            let closure = try arguments.closure(0)
            var results: [ScriptValue] = []
            for item in items { results.append(try call(closure, item, evaluation)) }
            return .list(results)
        case .count:
            var count = 0
            let wanted = try arguments.value(0)
            for item in items {
                if case .closure(let closure) = wanted {
                    if try isTrue(try call(closure, item, evaluation)) { count += 1 }
                } else if try areEqual(item, wanted) {
                    count += 1
                }
            }
            return .int(count)
        case .sum where arguments.count == 1:
            let closure = try arguments.closure(0)
            guard let first = items.first else { return .null }
            var total = try call(closure, first, evaluation)
            for item in items.dropFirst() {
                total = try binary(.add, total, try call(closure, item, evaluation), evaluation)
            }
            return total
        default: return nil
        }
    }

    /// Calls a closure with an item; the items of a list are spread over several parameters.
    private static func call(
        _ closure: ClosureDefinition, _ item: ScriptValue, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue {
        if closure.parameters.count > 1, case .list(let parts) = item { return try evaluation.call(closure, parts) }
        return try evaluation.call(closure, [item])
    }

    static func mapMethod(
        _ method: GroovyMethod, _ map: ScriptMap, _ arguments: MethodArguments, _ evaluation: CompiledExpression
    ) throws(ExpressionError) -> ScriptValue? {
        func value(_ key: ScriptValue) -> ScriptValue? { map.entries.first { areEqualObjects($0.key, key) }?.value }
        switch method {
        case .size: return .int(map.entries.count)
        case .isEmpty: return .boolean(map.entries.isEmpty)
        case .get:
            if let found = value(try arguments.value(0)) { return found }
            return arguments.count == 2 ? try arguments.value(1) : .null
        case .getAt: return value(try arguments.value(0)) ?? .null
        case .getOrDefault:
            if let found = value(try arguments.value(0)) { return found }
            return try arguments.value(1)
        case .containsKey: return .boolean(value(try arguments.value(0)) != nil)
        case .containsValue:
            let wanted = try arguments.value(0)
            return .boolean(map.entries.contains { areEqualObjects($0.value, wanted) })
        case .keySet: return .list(map.entries.map(\.key))
        case .values: return .list(map.entries.map(\.value))
        case .any, .every, .count:
            let closure = try arguments.closure(0)
            var count = 0
            for entry in map.entries {
                guard closure.parameters.count == 2 else {
                    throw ExpressionError("\(method.rawValue)() of a map needs a closure with two parameters")
                }
                if try isTrue(try evaluation.call(closure, [entry.key, entry.value])) { count += 1 }
            }
            if method == .count { return .int(count) }
            return .boolean(method == .any ? count > 0 : count == map.entries.count)
        default: return nil
        }
    }
}
