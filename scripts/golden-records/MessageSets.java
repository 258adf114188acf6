import java.io.*;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/**
 * Writes records in the message formats before Kafka 0.11 to a broker of version 2.8 (argument: host:port) and prints, for each format and
 * codec, what the broker returns for a fetch from offset 0, and the records that Kafka's consumer reads:
 *
 * set|format|timestamp type|codec|hexadecimal bytes
 * record|offset|timestamp|key|value
 *
 * Keys and values are hexadecimal; a null is "-".
 */
public class MessageSets {
    public static void main(String[] args) throws Exception {
        String server = args[0];
        Random random = new Random(20260902);
        String suffix = Long.toString(System.currentTimeMillis(), 36);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", server))) {
            for (String format : new String[] {"0.9.0", "0.10.0"}) {
                for (String type : format.equals("0.9.0") ? new String[] {"CreateTime"} : new String[] {"CreateTime", "LogAppendTime"}) {
                    for (String codec : new String[] {"none", "gzip", "snappy", "lz4"}) {
                        String topic = "formats-" + format + "-" + type + "-" + codec + "-" + suffix;
                        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of(
                            "message.format.version", format, "message.timestamp.type", type)))).all().get();
                        produce(server, topic, codec, random);
                        System.out.println("set|" + format + "|" + type + "|" + codec + "|" + hex(fetch(server, topic)));
                        consume(server, topic);
                        admin.deleteTopics(List.of(topic)).all().get();
                    }
                }
            }
        }
    }

    static void produce(String server, String topic, String codec, Random random) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", server, "compression.type", codec, "linger.ms", 50);
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int batch = 0; batch < 2; batch++) {
                for (int i = 0; i < 3; i++) {
                    byte[] key = i == 1 ? null : ("key" + i).getBytes(StandardCharsets.UTF_8);
                    byte[] value = i == 2 && batch == 1 ? null : "value ".repeat(1 + random.nextInt(8)).getBytes(StandardCharsets.UTF_8);
                    producer.send(new ProducerRecord<>(topic, 0, 1700000000000L + batch * 1000 + i, key, value));
                }
                producer.flush();
            }
        }
    }

    /** Fetch 4 with the broker's answer as it is. */
    static byte[] fetch(String server, String topic) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeShort(1);
        out.writeShort(4);
        out.writeInt(1);
        text(out, "capture");
        out.writeInt(-1);
        out.writeInt(500);
        out.writeInt(1);
        out.writeInt(1 << 20);
        out.writeByte(0);
        out.writeInt(1);
        text(out, topic);
        out.writeInt(1);
        out.writeInt(0);
        out.writeLong(0);
        out.writeInt(1 << 20);
        try (Socket socket = new Socket(server.split(":")[0], Integer.parseInt(server.split(":")[1]))) {
            DataOutputStream to = new DataOutputStream(socket.getOutputStream());
            to.writeInt(body.size());
            to.write(body.toByteArray());
            to.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            ByteBuffer buffer = ByteBuffer.wrap(answer);
            buffer.position(4 + 4 + 4 + 2 + topic.length() + 4 + 4 + 2 + 8 + 8);
            for (int aborted = buffer.getInt(); aborted > 0; aborted--) buffer.getLong();
            byte[] records = new byte[buffer.getInt()];
            buffer.get(records);
            return records;
        }
    }

    static void text(DataOutputStream out, String text) throws IOException {
        out.writeShort(text.length());
        out.writeBytes(text);
    }

    static void consume(String server, String topic) {
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
            Map.of("bootstrap.servers", server), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (int count = 0; count < 6; ) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println("record|" + record.offset() + "|" + record.timestamp() + "|" + hex(record.key()) + "|" + hex(record.value()));
                    count++;
                }
            }
        }
    }

    static String hex(byte[] bytes) {
        if (bytes == null) return "-";
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) text.append(String.format("%02x", b));
        return text.toString();
    }
}
