import ConnectData
import Testing

@Suite struct ErrorHandlingTests {
    @Test func propertiesOfTheConnectorAreRead() {
        let handling = ErrorHandling(configuration: [
            "errors.tolerance": "all", "errors.log.enable": "TRUE", "errors.log.include.messages": "true",
        ])
        #expect(handling.skipsRecords && handling.logsErrors && handling.logsRecords)
        #expect(!ErrorHandling(configuration: [:]).skipsRecords)
    }
}
