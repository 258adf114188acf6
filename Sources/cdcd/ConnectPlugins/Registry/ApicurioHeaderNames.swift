import ConnectData

/// The headers in which Apicurio's serializers name a schema (`DefaultHeadersHandler`): for keys, or for values.
package struct ApicurioHeaderNames: Hashable, Sendable {
    package var globalID: String
    package var contentID: String
    package var contentHash: String
    package var groupID: String
    package var artifactID: String
    package var version: String

    /// The default names.
    package init(isKey: Bool) {
        let prefix = isKey ? "apicurio.key." : "apicurio.value."
        globalID = prefix + "globalId"
        contentID = prefix + "contentId"
        contentHash = prefix + "contentHash"
        groupID = prefix + "groupId"
        artifactID = prefix + "artifactId"
        version = prefix + "version"
    }

    /// What the headers of a record say; nothing if it has none of them.
    func read(_ headers: [RawHeader]) throws(DataError) -> SchemaID {
        let artifact = text(artifactID, headers)
        return SchemaID(
            globalID: try number(globalID, headers), contentID: try number(contentID, headers),
            contentHash: text(contentHash, headers),
            artifact: artifact.map { SchemaSubject($0, group: text(groupID, headers)) },
            version: artifact == nil ? nil : text(version, headers))
    }

    private func number(_ name: String, _ headers: [RawHeader]) throws(DataError) -> Int64? {
        guard let header = headers.last(where: { $0.name == name }) else { return nil }
        guard let value = header.value, value.count >= 8 else {
            throw DataError("The header \(name) has \(header.value?.count ?? 0) of 8 bytes")
        }
        return value.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }

    private func text(_ name: String, _ headers: [RawHeader]) -> String? {
        headers.last { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}
