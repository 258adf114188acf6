import ConnectData

extension ConfigKey {
    /// A property of one of Debezium's transforms, which has its display name and is in no group.
    static func field(
        _ name: String, _ type: ConfigType, default defaultValue: String? = nil, _ importance: ConfigImportance,
        _ width: ConfigWidth, _ displayName: String, _ documentation: String, _ validator: ConfigValidator? = nil
    ) -> ConfigKey {
        ConfigKey(
            name, type, defaultValue: defaultValue, importance: importance, documentation: documentation,
            orderInGroup: 1, width: width, displayName: displayName, validator: validator)
    }
}
