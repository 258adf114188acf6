/// Resolves references such as `${file:/path:key}` in configurations
/// (`org.apache.kafka.common.config.provider.ConfigProvider`). Safe to use from any thread.
package protocol ConfigProvider: Sendable {
    /// The values at `path`; all of them if `keys` is nil. A key that does not exist has no entry.
    func values(path: String, keys: Set<String>?) throws -> [String: String]
}
