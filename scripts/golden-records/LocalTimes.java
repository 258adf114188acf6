import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * Prints the offset in seconds that ZonedDateTime.of chooses for local times around the changes of some zones, in gaps and
 * overlaps, and the instant.
 */
public class LocalTimes {
    public static void main(String[] args) {
        String[] zones = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Seoul", "America/Sao_Paulo", "Africa/Casablanca",
            "Pacific/Apia", "Europe/Dublin", "Asia/Tehran", "America/Godthab", "UTC", "Etc/GMT+5", "US/Pacific"};
        String[] times = {"1950-06-01T12:00", "1988-05-08T02:30", "1988-05-08T03:30", "2011-12-30T12:00", "2018-02-17T23:30", "2018-11-04T00:30",
            "2022-08-25T10:11:12", "2024-03-10T02:30", "2024-03-31T02:00", "2024-03-31T02:30", "2024-03-31T03:00", "2024-04-07T01:45",
            "2024-10-06T02:15", "2024-10-27T02:30", "2024-10-27T03:00", "2024-11-03T01:30", "2030-07-01T00:00", "2040-03-25T02:30",
            "2040-10-28T02:30", "2099-12-31T23:59:59", "1900-01-01T00:00", "1800-01-01T00:00"};
        for (String zone : zones) {
            for (String time : times) {
                var zoned = LocalDateTime.parse(time).atZone(ZoneId.of(zone));
                System.out.println(zone + " " + time + " " + zoned.getOffset().getTotalSeconds() + " " + zoned.toEpochSecond());
            }
        }
    }
}
