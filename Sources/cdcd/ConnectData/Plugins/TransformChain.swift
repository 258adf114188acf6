/// The transforms of a connector, applied one after the other.
public final class TransformChain {
    private let transforms: [any Transform]

    /// Builds the transforms that `transforms` lists.
    ///
    /// - Parameter configuration: the connector's whole configuration; it also tells the generation of Debezium whose
    ///   behaviour is given.
    /// - Throws: the first error that validation would show.
    public init(configuration: [String: String]) throws(ConfigError) {
        let setup = TransformSetup(configuration)
        if let error = setup.errors.first { throw error }
        var transforms: [any Transform] = []
        for item in setup.transforms {
            transforms.append(
                try TransformCatalog.make(
                    className: item.className, generation: setup.generation, configuration: item.configuration))
        }
        self.transforms = transforms
    }

    public var isEmpty: Bool { transforms.isEmpty }

    /// Applies the transforms to the record. Returns false where one of them drops it.
    ///
    /// - Throws: `DataError` where a transform cannot work with the record.
    public func apply(_ record: inout SourceRecord) throws -> Bool {
        for transform in transforms where try !transform.apply(&record) { return false }
        return true
    }
}
