/// The transforms of a connector, applied in order, each only if its predicate allows it.
package final class TransformationChain {
    private struct Step {
        let className: String
        let transformation: any Transformation
        /// nil: the transform is applied to every record.
        let predicate: (any Predicate)?
        let isNegated: Bool
    }

    private let steps: [Step]

    /// Creates the transforms that `transforms` lists.
    ///
    /// - Parameter configuration: the connector's whole configuration.
    /// - Throws: the first error that validation would show.
    package init(configuration: [String: String], plugins: PluginRegistry) throws(ConfigError) {
        let setup = TransformationSetup(configuration, plugins: plugins)
        if let error = setup.errors.first { throw error }
        var predicates: [String: any Predicate] = [:]
        for (alias, item) in setup.predicates {
            guard case .predicate(let make) = item.plugin.factory else { preconditionFailure("resolved by kind") }
            predicates[alias] = try make(item.context)
        }
        var steps: [Step] = []
        for item in setup.transformations {
            if let alias = item.predicate, predicates[alias] == nil {
                throw ConfigError(
                    name: "predicates.\(alias).type",
                    message: "Unknown configuration 'predicates.\(alias).plugin.version'")
            }
            guard case .transformation(let make) = item.plugin.factory else { preconditionFailure("resolved by kind") }
            steps.append(
                Step(
                    className: item.plugin.className, transformation: try make(item.context),
                    predicate: item.predicate.flatMap { predicates[$0] }, isNegated: item.isNegated))
        }
        self.steps = steps
    }

    package var isEmpty: Bool { steps.isEmpty }

    /// The name of the transform's Java class.
    package func className(at position: Int) -> String { steps[position].className }

    /// Applies the transforms to the record. Returns false if one of them drops it.
    ///
    /// - Throws: `DataError` if a transform cannot work with the record.
    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        var first = 0
        return try apply(&record, from: &first)
    }

    /// As `apply`, from the given transform on.
    ///
    /// - Parameter position: afterwards that of the transform that has thrown, or the end.
    package func apply(_ record: inout ConnectRecord, from position: inout Int) throws -> Bool {
        while position < steps.count {
            let step = steps[position]
            let isSelected = try step.predicate.map { try $0.test(record) != step.isNegated } ?? true
            if isSelected {
                guard try step.transformation.apply(&record) else { return false }
                if !step.transformation.keepsHeaders { record.sharesHeaders = false }
            }
            position += 1
        }
        return true
    }

    /// Applies the transforms to the shape of records, if none of them depends on values.
    ///
    /// - Throws: `DataError` if a transform cannot work with records of the shape.
    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        for step in steps {
            if let predicate = step.predicate {
                guard let isTrue = try predicate.test(shape) else { return .dependsOnValues }
                if isTrue == step.isNegated { continue }
            }
            switch try step.transformation.apply(to: &shape) {
            case .applied: continue
            case .dropped: return .dropped
            case .dependsOnValues: return .dependsOnValues
            }
        }
        return .applied
    }
}
