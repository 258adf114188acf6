/// What identifies a schema in its registry. A registration yields all that the registry assigns; a record holds one.
package struct SchemaID: Hashable, Sendable, CustomStringConvertible {
    /// Confluent's id.
    package var id: Int32?
    /// Confluent's GUID, since 8.0: 16 bytes.
    package var guid: [UInt8]?
    /// Apicurio's id of a version of an artifact.
    package var globalID: Int64?
    /// Apicurio's id of a text, whatever its artifacts.
    package var contentID: Int64?
    /// Apicurio's SHA-256 of a text, in hexadecimal.
    package var contentHash: String?
    /// Apicurio's artifact and version; nil is the latest.
    package var artifact: SchemaSubject?
    package var version: String?

    package init(
        id: Int32? = nil, guid: [UInt8]? = nil, globalID: Int64? = nil, contentID: Int64? = nil,
        contentHash: String? = nil, artifact: SchemaSubject? = nil, version: String? = nil
    ) {
        self.id = id
        self.guid = guid
        self.globalID = globalID
        self.contentID = contentID
        self.contentHash = contentHash
        self.artifact = artifact
        self.version = version
    }

    /// The identification that is used to look the schema up.
    package var description: String {
        if let id { return "id \(id)" }
        if let guid { return "GUID \(SchemaGUID.text(guid))" }
        if let contentID { return "content id \(contentID)" }
        if let contentHash { return "content hash \(contentHash)" }
        if let globalID { return "global id \(globalID)" }
        guard let artifact else { return "no id" }
        return "artifact \(artifact), version \(version ?? "latest")"
    }
}
