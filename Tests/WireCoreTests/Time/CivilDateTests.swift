import Testing
import WireCore

@Suite struct CivilDateTests {
    @Test func daysAreCountedFromTheEpoch() {
        #expect(CivilDate.daysSinceEpoch(year: 1970, month: 1, day: 1) == 0)
        #expect(CivilDate.daysSinceEpoch(year: 2000, month: 3, day: 1) == 11_017)
        #expect(CivilDate.daysSinceEpoch(year: 1, month: 1, day: 1) == -719_162)
        #expect(CivilDate.daysSinceEpoch(year: 2023, month: 2, day: 29) == 19_417)
    }

    @Test func datesAndDaysRoundTrip() {
        for days in stride(from: Int64(-1_000_000), through: 1_000_000, by: 773) {
            let (year, month, day) = CivilDate.from(daysSinceEpoch: days)
            #expect(CivilDate.daysSinceEpoch(year: year, month: month, day: day) == days)
        }
    }

    @Test func daysAreConsecutiveAcrossALeapYearsEnd() {
        let days = CivilDate.daysSinceEpoch(year: 2000, month: 2, day: 28)
        #expect(CivilDate.from(daysSinceEpoch: days + 1) == (2000, 2, 29))
        #expect(CivilDate.from(daysSinceEpoch: days + 2) == (2000, 3, 1))
        #expect(CivilDate.from(daysSinceEpoch: -1) == (1969, 12, 31))
    }
}
