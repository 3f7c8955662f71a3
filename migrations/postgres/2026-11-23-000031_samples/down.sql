DROP TABLE sample_items;
DROP TABLE samples;
