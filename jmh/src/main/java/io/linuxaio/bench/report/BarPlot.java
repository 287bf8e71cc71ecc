package io.linuxaio.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A plot of ratios to the C program as horizontal bars, one row for each contender: wall time at the left, processor time at
 * the right. The line at the end of a bar goes from the least to the greatest ratio.
 */
final class BarPlot {
    private static final int WIDTH = 1200;
    private static final int ROW = 26;
    private static final int BAR = 16;
    private static final int TOP = 78;
    private static final int BOTTOM = 46;
    private static final int MARGIN = 16;

    /** The room for a ratio behind its bar. */
    private static final int NUMBER = 60;

    private static final Color OURS = new Color(0xC7, 0x52, 0x1F);
    private static final Color C = new Color(0x33, 0x33, 0x33);
    private static final Color PEERS = new Color(0x9F, 0xB4, 0xC7);
    private static final Color GRID = new Color(0xCC, 0xCC, 0xCC);

    private final List<Row> rows;
    private final BufferedImage image;
    private final Graphics2D graphics;
    private final int names;

    private BarPlot(List<Row> rows) {
        this.rows = rows;
        image = new BufferedImage(WIDTH, TOP + rows.size() * ROW + BOTTOM, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, image.getHeight());
        font(Font.PLAIN, 14);
        names = rows.stream()
                        .mapToInt(row -> graphics.getFontMetrics().stringWidth(row.contender()))
                        .max()
                        .orElse(0)
                + 2 * MARGIN;
    }

    /** Draws the rows that have both ratios, the quickest first. */
    static BufferedImage draw(String title, List<Row> rows) {
        List<Row> shown = rows.stream()
                .filter(row -> row.wallRatio() != null && row.processorRatio() != null)
                .sorted(Comparator.comparingDouble(row -> row.wallRatio().median()))
                .toList();
        BarPlot plot = new BarPlot(shown);
        plot.drawAll(title);
        plot.graphics.dispose();
        return plot.image;
    }

    private void drawAll(String title) {
        font(Font.BOLD, 17);
        text(title, MARGIN, 28, Color.BLACK);
        font(Font.PLAIN, 14);
        for (int i = 0; i < rows.size(); i++) {
            text(rows.get(i).contender(), MARGIN, middle(i) + 5, color(rows.get(i)));
        }
        int panel = (WIDTH - names - MARGIN) / 2;
        drawPanel("time, as a multiple of C's", names, panel, Row::wallRatio);
        drawPanel("processor time, as a multiple of C's", names + panel, panel, Row::processorRatio);
        drawLegend();
    }

    private void drawPanel(String title, int left, int width, Function<Row, Spread> ratio) {
        text(title, left, TOP - 16, Color.BLACK);
        double most =
                rows.stream().mapToDouble(row -> ratio.apply(row).max()).max().orElse(1);
        double unit = (width - NUMBER - MARGIN) / most;
        int one = left + (int) unit;
        graphics.setColor(GRID);
        graphics.drawLine(one, TOP - 6, one, TOP + rows.size() * ROW);
        for (int i = 0; i < rows.size(); i++) {
            drawBar(rows.get(i), ratio.apply(rows.get(i)), left, middle(i), unit);
        }
    }

    private void drawBar(Row row, Spread ratio, int left, int middle, double unit) {
        graphics.setColor(color(row));
        graphics.fillRect(left, middle - BAR / 2, Math.max(1, (int) (ratio.median() * unit)), BAR);
        int end = left + (int) (ratio.max() * unit);
        graphics.setColor(Color.BLACK);
        graphics.setStroke(new BasicStroke(1.5f));
        graphics.drawLine(left + (int) (ratio.min() * unit), middle, end, middle);
        text(String.format(Locale.ROOT, "%.2f", ratio.median()), end + 6, middle + 5, Color.BLACK);
    }

    private void drawLegend() {
        int y = TOP + rows.size() * ROW + 26;
        int x = names;
        x = drawKey("linux-aio", OURS, x, y);
        x = drawKey("C", C, x, y);
        x = drawKey("others", PEERS, x, y);
        text("less is better; lines: least to greatest of the rounds", x, y, Color.BLACK);
    }

    private int drawKey(String name, Color color, int x, int y) {
        graphics.setColor(color);
        graphics.fillRect(x, y - 11, 12, 12);
        text(name, x + 18, y, Color.BLACK);
        return x + 18 + graphics.getFontMetrics().stringWidth(name) + 24;
    }

    private static Color color(Row row) {
        return switch (row.group()) {
            case "linux-aio" -> OURS;
            case "c" -> C;
            default -> PEERS;
        };
    }

    private static int middle(int row) {
        return TOP + row * ROW + ROW / 2;
    }

    private void font(int style, int size) {
        graphics.setFont(new Font(Font.SANS_SERIF, style, size));
    }

    private void text(String text, int x, int y, Color color) {
        // Names of peers would be hard to read in their colour.
        graphics.setColor(color.equals(PEERS) ? C : color);
        graphics.drawString(text, x, y);
    }
}
