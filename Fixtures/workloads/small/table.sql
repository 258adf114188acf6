CREATE TABLE small (
  id bigint PRIMARY KEY AUTO_INCREMENT,
  a int,
  b bigint,
  c varchar(64),
  d varchar(200),
  e decimal(12,2),
  f datetime(6),
  g timestamp(3) NULL,
  h double,
  i tinyint
);
