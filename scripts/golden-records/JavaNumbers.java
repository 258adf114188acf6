import java.util.Random;

/** Prints doubles and floats as bit patterns with the text of Double.toString and Float.toString of Java up to 18. */
public class JavaNumbers {
    static void print(double value) {
        System.out.printf("d %016x %s%n", Double.doubleToRawLongBits(value), Double.toString(value));
    }

    static void print(float value) {
        System.out.printf("f %08x %s%n", Float.floatToRawIntBits(value), Float.toString(value));
    }

    public static void main(String[] args) {
        double[] doubles = {0, -0.0, 1, -1, 0.1, 1.5, 100, 123456, 9999999, 1e7, 1.0E7 - 0.5, 12345678, 1e-3, 9.99e-4, 1e-4, 1e21, 1e22, 1e23,
            123456789.125, 0.001234, 1.7976931348623157e308, 4.9e-324, 2.2250738585072014e-308, 2.0E-3, Math.PI, Math.E, 2e23, 2.2E-322,
            9007199254740992.0, 9007199254740993.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 3.140000104904175};
        for (double value : doubles) print(value);
        float[] floats = {0, -0f, 1, 3.14f, 0.1f, 1e7f, 9999999f, 1e-3f, 9.99e-4f, 3.4028235e38f, 1.4e-45f, 1.17549435e-38f, 16777216f,
            33554432f, 1e10f, 123456789f, 1e15f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (float value : floats) print(value);
        for (int power = -1074; power < 1024; power += 3) {
            double value = Math.scalb(1.0, power);
            print(value);
            print(Math.nextDown(value));
            if (power >= -149 && power < 128) print((float) value);
        }
        Random random = new Random(20260101);
        for (int i = 0; i < 500; i++) {
            print(Double.longBitsToDouble(random.nextLong()));
            print(random.nextInt(1000000) / 1000.0);
            print(random.nextGaussian() * 1e6);
            print((double) random.nextLong());
            print(random.nextLong() / 1e6);
            print(Float.intBitsToFloat(random.nextInt()));
            print((float) random.nextLong());
            print(random.nextInt(100000) / 100f);
        }
    }
}
