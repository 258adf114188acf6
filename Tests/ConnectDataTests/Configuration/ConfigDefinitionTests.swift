import ConnectData
import Testing

@Suite struct ConfigDefinitionTests {
    @Test(arguments: [
        (" true ", ConfigType.boolean, ConfigSetting.boolean(true)), ("False", .boolean, .boolean(false)),
        (" 7 ", .int, .integer(7)), ("-32768", .short, .integer(-32_768)), ("9223372036854775807", .long, .integer(.max)),
        ("1.5", .double, .double(1.5)), (" a b ", .string, .text("a b")), ("a , b,c", .list, .list(["a", "b", "c"])),
        ("  ", .list, .list([])), ("a,,b,", .list, .list(["a", "", "b", ""])), (" x.Y ", .classReference, .text("x.Y")),
    ])
    func valuesAreParsedByType(_ text: String, _ type: ConfigType, _ setting: ConfigSetting) throws {
        #expect(try ConfigSetting.parse(text, as: type, name: "n") == setting)
    }

    @Test(arguments: [
        ("yes", ConfigType.boolean, "Invalid value yes for configuration n: Expected value to be either true or false"),
        ("", .boolean, "Invalid value  for configuration n: Expected value to be either true or false"),
        ("2147483648", .int, "Invalid value 2147483648 for configuration n: Not a number of type INT"),
        ("1.0", .long, "Invalid value 1.0 for configuration n: Not a number of type LONG"),
        ("40000", .short, "Invalid value 40000 for configuration n: Not a number of type SHORT"),
        ("x", .double, "Invalid value x for configuration n: Not a number of type DOUBLE"),
    ])
    func refusalsHaveKafkasWording(_ text: String, _ type: ConfigType, _ message: String) {
        #expect(throws: ConfigError(name: "n", value: text, message: message)) {
            try ConfigSetting.parse(text, as: type, name: "n")
        }
    }
}
