import java.text.DateFormatSymbols;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;

/**
 * Prints Sources/cdcd/ConnectData/Time/JavaTimeZoneNames.generated.swift: a line for each time zone that SimpleDateFormat
 * finds for a name in a text, in the order in which it searches them.
 *
 *   java -Duser.language=en -Duser.country= -Duser.timezone=UTC ZoneNames.java
 *
 * A line is ID|NAME IN THE TZ DATABASE|LONG|SHORT|LONG DAYLIGHT|SHORT DAYLIGHT|DAYLIGHT SAVINGS IN MINUTES|STANDARD OFFSETS,
 * the last as SECONDS and, for each change, INSTANT:SECONDS.
 */
public class ZoneNames {
    static final long WEEK = 7 * 86_400_000L;
    static final long FIRST = -5_000_000_000_000L, LAST = 2_300_000_000_000L;

    static int standardOffset(GregorianCalendar calendar, long time) {
        calendar.setTimeInMillis(time);
        return calendar.get(Calendar.ZONE_OFFSET);
    }

    static String standardOffsets(TimeZone zone) {
        GregorianCalendar calendar = new GregorianCalendar(zone);
        int last = standardOffset(calendar, FIRST);
        StringBuilder text = new StringBuilder().append(last / 1000);
        for (long time = FIRST + WEEK; time < LAST; time += WEEK) {
            int offset = standardOffset(calendar, time);
            if (offset == last) continue;
            long low = time - WEEK, high = time;
            while (high - low > 1) {
                long middle = (low + high) / 2;
                if (standardOffset(calendar, middle) == last) low = middle; else high = middle;
            }
            text.append(" ").append(high / 1000).append(":").append(offset / 1000);
            last = offset;
        }
        return text.toString();
    }

    public static void main(String[] args) {
        List<String> names = new ArrayList<>();
        Map<String, String[]> zones = new LinkedHashMap<>();
        for (String[] zone : DateFormatSymbols.getInstance().getZoneStrings()) {
            for (int i = 1; i <= 4; i++) {
                String name = zone[i];
                if (names.stream().anyMatch(earlier -> name.regionMatches(true, 0, earlier, 0, earlier.length()))) continue;
                names.add(name);
                zones.put(zone[0], zone);
            }
        }
        System.out.println("// Written by scripts/golden-records/ZoneNames.java with OpenJDK 17; not edited by hand.\n");
        System.out.println("enum JavaTimeZoneNames {");
        System.out.println("    /// The zones that `SimpleDateFormat` finds by a name; the program defines the layout.");
        System.out.println("    static let zones: StaticString = \"\"\"");
        for (String[] zone : zones.values()) {
            TimeZone rules = TimeZone.getTimeZone(zone[0]);
            System.out.println("        " + String.join("|", zone[0], ZoneId.SHORT_IDS.getOrDefault(zone[0], zone[0]), zone[1], zone[2],
                    zone[3], zone[4], "" + rules.getDSTSavings() / 60_000, standardOffsets(rules)));
        }
        System.out.println("        \"\"\"\n}");
    }
}
