import ConnectData
import Testing

@Suite struct JavaDurationTests {
    @Test(arguments: [
        ("PT20.345S", 20_345), ("PT15M", 900_000), ("PT10H", 36_000_000), ("P2D", 172_800_000),
        ("P2DT3H4M", 183_840_000), ("PT-6H3M", -21_420_000), ("-PT6H3M", -21_780_000), ("-PT-6H+3M", 21_420_000),
        ("pt0.0019s", 1), ("PT1,5S", 1500), ("PT1.S", 1000),
    ] as [(String, Int64)])
    func durationsHaveTheirMilliseconds(text: String, milliseconds: Int64) {
        #expect(JavaDuration.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "P", "PT", "1H", "P1H", "PT1D", "PT1S1M", "PT1ST1H", "PT1", "PT1.5M", "PT.5S", "P1DT", "PTS", "PT1S ",
        "PT99999999999999999999S", "P9223372036854775807D",
    ])
    func otherTextsAreRefused(text: String) {
        #expect(JavaDuration.milliseconds(text) == nil)
    }
}
