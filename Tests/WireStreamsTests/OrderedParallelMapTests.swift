import Synchronization
import Testing
import WireStreams

@Suite struct OrderedParallelMapTests {
    private struct RefusedError: Error, Equatable { let number: Int }

    @Test func resultsHaveTheOrderOfTheValues() throws {
        // The first thread to run is the last to finish.
        let isReleased = Monitor(false)
        let map = OrderedParallelMap<Int, Int>(named: "test", threadCount: 3) { number in
            if number == 0 { _ = isReleased.waitUntilTrue() }
            if number == 20 { isReleased.update { $0 = true } }
            return number * 2
        }
        defer { map.close() }
        for number in 0...20 { map.add(number) }
        var results: [Int] = []
        while let result = try map.next(whileMoreThan: 0) { results.append(result) }
        #expect(results == (0...20).map { $0 * 2 })
    }

    /// The threads wait for values: a result is taken before the next value is added.
    @Test func valuesMayBeAddedOneByOne() throws {
        let map = OrderedParallelMap<Int, Int>(named: "test", threadCount: 2) { $0 + 1 }
        defer { map.close() }
        for number in 0..<200 {
            map.add(number)
            #expect(try map.next(whileMoreThan: 0) == number + 1)
        }
    }

    @Test func resultIsReturnedOnlyIfMoreAreMissing() throws {
        let map = OrderedParallelMap<Int, Int>(named: "test", threadCount: 1) { $0 }
        defer { map.close() }
        #expect(try map.next(whileMoreThan: 0) == nil)
        map.add(1)
        map.add(2)
        #expect(try map.next(whileMoreThan: 2) == nil)
        #expect(try map.next(whileMoreThan: 1) == 1)
        #expect(try map.next(whileMoreThan: 1) == nil)
        #expect(try map.next(whileMoreThan: 0) == 2)
    }

    @Test func errorIsThrownInPlaceOfItsResult() throws {
        let map = OrderedParallelMap<Int, Int>(named: "test", threadCount: 2) { number in
            if number == 1 { throw RefusedError(number: number) }
            return number
        }
        defer { map.close() }
        for number in 0...2 { map.add(number) }
        #expect(try map.next(whileMoreThan: 0) == 0)
        #expect(throws: RefusedError(number: 1)) { try map.next(whileMoreThan: 0) }
        #expect(try map.next(whileMoreThan: 0) == 2)
    }
}
