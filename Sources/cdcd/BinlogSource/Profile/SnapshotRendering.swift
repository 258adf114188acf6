import ConnectData
import DebeziumPlugins

/// The reasons for which Debezium renders a value differently in a snapshot and in the stream. The list is closed: the
/// conversions of snapshots are chosen by it (`ValueKind.snapshotRenderings`), and a test over all types verifies that
/// nothing else differs. (TIMEs that 1.9 decodes wrongly in the stream: `DebeziumTimeDecoder`.)
///
/// The first four follow from the text protocol: a snapshot only has the server's text.
package enum SnapshotRendering: String, CaseIterable, Sendable {
    /// JSON as the server prints it, with spaces; the stream's is compact.
    case jsonAsPrinted
    /// An ENUM value with a comma unchanged; the stream's has `\,`.
    case enumerationUnescaped
    /// FLOAT and DOUBLE(M,D) with the digits that the server prints; the stream's has the stored number.
    case floatsAsPrinted
    /// Text as the server converts it to UTF-8; the stream's as Java decodes the column's character set.
    case textConvertedByServer
    /// YEAR 0000 as 2000; the stream's is 1900.
    case yearZeroIs2000
    /// A DATETIME within the ten days that the Gregorian reform skipped, ten days later.
    case reformDaysMove
    /// A TIMESTAMP interpreted as if the session's wall clock were that of the configured connection time zone.
    case timestampInConnectionZone
    /// A TIMESTAMP without trailing zeros in its fraction (3.6; in 1.9 so in both).
    case timestampWithoutZeros
    /// A date of the year 0: DATE as 2000, DATETIME as 2001 (3.6; null in the stream, and in 1.9).
    case yearZeroDates
    /// A negative TIME above -01:00:00 without its sign (1.9).
    case timeSignLost
    /// A TIMESTAMP `0000-00-00 00:00:00` as null (1.9: the epoch in the stream; 3.6: null in both).
    case zeroTimestampIsNull
}
