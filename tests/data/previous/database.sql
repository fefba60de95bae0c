BEGIN TRANSACTION;
CREATE TABLE account_mails (
	id VARCHAR(36) NOT NULL, 
	purpose VARCHAR(16) NOT NULL, 
	user_id VARCHAR(36), 
	invitation_id VARCHAR(36), 
	session_hash BLOB, 
	request_hash BLOB NOT NULL, 
	address_digest BLOB NOT NULL, 
	asker_digest BLOB, 
	sealed_address BLOB NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	made_at INTEGER NOT NULL, 
	due_at INTEGER NOT NULL, 
	tried_at INTEGER, 
	attempts INTEGER NOT NULL, 
	token_hash BLOB, 
	digits_digest BLOB, 
	expires_at INTEGER, 
	digit_tries INTEGER NOT NULL, 
	used_at INTEGER, 
	CONSTRAINT pk_account_mails PRIMARY KEY (id), 
	CONSTRAINT fk_account_mails_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_account_mails_request_hash UNIQUE (request_hash), 
	CONSTRAINT uq_account_mails_token_hash UNIQUE (token_hash)
);
INSERT INTO "account_mails" VALUES('0b0b0b0b-0000-4000-8000-000000000001','x',NULL,NULL,NULL,X'0101010101010101010101010101010101010101010101010101010101010101',X'0101010101010101010101010101010101010101010101010101010101010101',NULL,X'0101010101010101010101010101010101010101010101010101010101010101','x',1795992375279041,1795992375279041,NULL,1,NULL,NULL,NULL,1,NULL);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0032');
CREATE TABLE allowance_uses (
	quote_id VARCHAR(36) NOT NULL, 
	allowance VARCHAR(40) NOT NULL, 
	period VARCHAR(7) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	party VARCHAR(40) NOT NULL, 
	us BIGINT NOT NULL, 
	CONSTRAINT pk_allowance_uses PRIMARY KEY (quote_id, allowance, period), 
	CONSTRAINT fk_allowance_uses_quote_id FOREIGN KEY(quote_id) REFERENCES quotes (id)
);
INSERT INTO "allowance_uses" VALUES('01a22972-db56-71d0-bdb6-c437acc5c0e0','x','x','ramsey','ben-carrow',1);
CREATE TABLE assignments (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	role VARCHAR(12) NOT NULL, 
	site VARCHAR(40), 
	party VARCHAR(40), 
	from_at INTEGER, 
	until_at INTEGER, 
	given_by VARCHAR(200) NOT NULL, 
	given_at INTEGER NOT NULL, 
	account_id VARCHAR(36), 
	CONSTRAINT pk_assignments PRIMARY KEY (id), 
	CONSTRAINT fk_assignments_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "assignments" VALUES('01a22970-db6b-76b0-ad17-1d242b17eead','01a22970-db6b-7147-a8c3-4a17e86dc65b','owner',NULL,NULL,NULL,NULL,'warden',1795991591787071,NULL);
CREATE TABLE audit_heads (
	chain VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	cut_seq INTEGER NOT NULL, 
	cut_hash BLOB NOT NULL, 
	sealed_at INTEGER NOT NULL, 
	kid VARCHAR(64) NOT NULL, 
	signature BLOB NOT NULL, 
	CONSTRAINT pk_audit_heads PRIMARY KEY (chain)
);
INSERT INTO "audit_heads" VALUES('',24,X'C591654BA723EFDE272B824DB3BE58C110E3E46C070A4C406A3EBCB40220AFB9',0,X'0000000000000000000000000000000000000000000000000000000000000000',1795992206694448,'99ba3dfa5b0892eb',X'3587486A67D88A036ECBE05EFD94167F2A8079C86CC0A6F97B781B7DE0B27C1E439CCF66E9FB6069FE8E57086ED2FDEA1AFA4073F555083C9DB2DB294D70CC08');
INSERT INTO "audit_heads" VALUES('ramsey',38,X'07E3E4EA325187331BF9CBD8B851A4B81C04D252B1ECAE92EA1FD346BDF046EA',0,X'0000000000000000000000000000000000000000000000000000000000000000',1795992215074052,'99ba3dfa5b0892eb',X'6663AF72F44C47CDD2631871325CE5EF924A0CA205662DDBA3D92ADA66A15525F152DEA5C83ED1B14822923AE4BDDE71F4E302028C25373B86485B780C67A307');
INSERT INTO "audit_heads" VALUES('march',75,X'633AA19AA19ACD2079B1445C091689B2B536F9B11743EB2AAC20FAA7475A11D1',0,X'0000000000000000000000000000000000000000000000000000000000000000',1795991845290958,'99ba3dfa5b0892eb',X'36D92731756D524B66C7B2627FA6B189DEE3739D68EDF719DE4DF33976318E9546C4B2E7B3C2E3ED4F00038610B1BFFB6BC4B1A221C1375C85B0F6865B1EE00A');
INSERT INTO "audit_heads" VALUES('soham',17,X'B1C6C43C704319423A8A8E7FEED6AB697C827AAAFD626E98460464E15A8F4FAD',0,X'0000000000000000000000000000000000000000000000000000000000000000',1795991809940202,'99ba3dfa5b0892eb',X'51D0E5D2C40C94307C9793AF49A3F634E6118BA206098769092A233ED807242C4A651479B9E7A5208B73BCDDF852A5AE1FC645C700B6C72D948C2FDFC829050B');
CREATE TABLE audit_mails (
	day VARCHAR(10) NOT NULL, 
	sent_at INTEGER NOT NULL, 
	CONSTRAINT pk_audit_mails PRIMARY KEY (day)
);
INSERT INTO "audit_mails" VALUES('x',1795992375279041);
CREATE TABLE audit_people (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_audit_people PRIMARY KEY (id)
);
INSERT INTO "audit_people" VALUES('01a22970-db6b-7147-a8c3-4a17e86dc65b','warden');
CREATE TABLE audit_rows (
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	site VARCHAR(40), 
	user_id VARCHAR(36), 
	actor VARCHAR(200) NOT NULL, 
	source VARCHAR(10) NOT NULL, 
	act VARCHAR(40) NOT NULL, 
	thing VARCHAR(200) NOT NULL, 
	subject VARCHAR(40), 
	changes TEXT NOT NULL, 
	personal TEXT, 
	personal_digest BLOB NOT NULL, 
	sealed_at INTEGER, 
	chain VARCHAR(40), 
	seq INTEGER, 
	hash BLOB, 
	CONSTRAINT pk_audit_rows PRIMARY KEY (id), 
	CONSTRAINT uq_audit_rows_chain_seq UNIQUE (chain, seq)
);
INSERT INTO "audit_rows" VALUES(1,1795991591787071,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','','web','set up','user 01a22970-db6b-7147-a8c3-4a17e86dc65b',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991593662818,'',1,X'3FF47086E3C308426BEDB168CF00F319154435F8A22BF51D2BACE47499B3F882');
INSERT INTO "audit_rows" VALUES(2,1795991592232641,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','site ramsey',NULL,'{"address":[null,"Great Whyte, Ramsey"],"id":[null,"ramsey"],"latitude":[null,55.010586],"longitude":[null,-1.622972],"zone":[null,"Europe/London"]}','{"changes":{"name":[null,"Ramsey Hub"],"phone":[null,"01632 960 121"]},"salt":"e4df7c3cbf1f9f6a5534466075057ecf"}',X'A87BC589666678E4FE4739AD24381D70F3E3E4B4DCD5B207CB8A42726405EC9A',1795991593662818,'ramsey',1,X'E442EB28327295F69BC7EBCF7A52CD204C5F23D9D7BAC4C732564BA02091F14F');
INSERT INTO "audit_rows" VALUES(3,1795991596505594,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','edge ramsey-pi',NULL,'{"id":[null,"ramsey-pi"],"site":[null,"ramsey"]}','{"changes":{"name":[null,"Ramsey Hub: the Pi"]},"salt":"3bd7dedcdf6ba1f6565c275ad2ec48bb"}',X'249F7CB97B28F65EDF787F469209736F12450D3E7F65BCCC0BD3E1ECCAC50F9B',1795991597899396,'ramsey',2,X'5EB46B8DBCB67CA0D7D4E509D611EB6CCCFF79BFDE523C9A9BD0DB63BBC6A76B');
INSERT INTO "audit_rows" VALUES(4,1795991602230880,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','door front-door',NULL,'{"code_length":[null,6],"counter":[null,"front-beams"],"edge":[null,"ramsey-pi"],"held_after_s":[null,60.0],"hold_s":[null,5.0],"id":[null,"front-door"],"passback":[null,"off"],"site":[null,"ramsey"]}','{"changes":{"name":[null,"Front door"]},"salt":"a95960cb04c10f22ae4d08e753313e4e"}',X'F6F3EC3FF0CBE574141D3C66AC1FD6A8A6AB2FE6BB0345B8EE4CC83C842C1475',1795991603310347,'ramsey',3,X'C214458A15DE777B8D69E1EE1E838B1279C76ADD2B1F4F91A302989135055D89');
INSERT INTO "audit_rows" VALUES(5,1795991604585924,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','door library-door',NULL,'{"code_length":[null,6],"counter":[null,"library-beams"],"edge":[null,"ramsey-pi"],"held_after_s":[null,60.0],"hold_s":[null,5.0],"id":[null,"library-door"],"passback":[null,"off"],"site":[null,"ramsey"]}','{"changes":{"name":[null,"Library door"]},"salt":"c08efcc14389ba0ff1f03669018f62a1"}',X'56FA36C1A473A1B76D80E8920E0B08E20DD2D148699738953AE9F5721BC30CCF',1795991605991769,'ramsey',4,X'0BC3155E6F5CD853BBF99E72C0AF27FED7F4964D5F8CC7C9EE145E884F696CEC');
INSERT INTO "audit_rows" VALUES(6,1795991607310411,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space hall',NULL,'{"bookable":[null,true],"capacity":[null,120],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door"]],"floor_area_m2":[null,180.0],"id":[null,"hall"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"ramsey"],"step_free":[null,false]}','{"changes":{"name":[null,"Main hall"]},"salt":"e2b3467d3cba2a267e8b7bd2bcb0ff0a"}',X'9D128667E8C6F2681E6D20936BA658ED11516E403679A9BEE63324692E68C638',1795991608926303,'ramsey',5,X'37E14E71C37EEF3715D0677547ACD3453ED149EE6BE37C33E7091FECD5864633');
INSERT INTO "audit_rows" VALUES(7,1795991610976842,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space studio',NULL,'{"bookable":[null,true],"capacity":[null,20],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door"]],"floor_area_m2":[null,45.0],"id":[null,"studio"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"ramsey"],"step_free":[null,false]}','{"changes":{"name":[null,"Studio"]},"salt":"efbbc064f9e9346c664371593f961fd2"}',X'0105F6EBE79727360DE98623623242C6F63903EB642F6EA57A3D949112477DDA',1795991611714492,'ramsey',6,X'E32F8E8498873808232E80C1BA1AD34EC74B211A4CD58926F9A5A455CC41C6C4');
INSERT INTO "audit_rows" VALUES(8,1795991612790966,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space meeting-room',NULL,'{"bookable":[null,true],"capacity":[null,14],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door","library-door"]],"floor_area_m2":[null,28.0],"id":[null,"meeting-room"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"ramsey"],"step_free":[null,false]}','{"changes":{"name":[null,"Meeting room"]},"salt":"f5d15e834f7abc5d364373f2f51663d6"}',X'FC6D3B416599DC383045482C6F94532BC0FBE03972BF0140B43991AE645242F0',1795991614218572,'ramsey',7,X'0D7D0198D13C4AB493E620B32A4ED46C6684F6BDA3F2D5FF707B2AF4DF6687B5');
INSERT INTO "audit_rows" VALUES(9,1795991614354288,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','opening hours',NULL,'{"timetable":[null,{"bank_holidays":{},"closing":{"warn_minutes":[15,5]},"free_doors":["library-door"],"pattern":[{"span":{"closes":1080,"mode":"staffed","opens":600},"weekday":1},{"span":{"closes":840,"mode":"staffed","opens":600},"weekday":2},{"span":{"closes":1020,"mode":"staffed","opens":600},"weekday":4},{"span":{"closes":840,"mode":"staffed","opens":600},"weekday":5}]}]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991616703312,'ramsey',8,X'4AE6C7659AF29960D4A72053EFF584853CFC4A04374ECF655DDD260D8DB2D64D');
INSERT INTO "audit_rows" VALUES(10,1795991615851563,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make a token','edge ramsey-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991616703312,'ramsey',9,X'B316E4C813DF5687D41678EA27113BB94D8DE4C512CC9D989E68FFE107CB89CE');
INSERT INTO "audit_rows" VALUES(11,1795991617071447,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','edge:ramsey/ramsey-pi','api','enrol','edge ramsey-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991618245238,'ramsey',10,X'9B93E2589B959CE50452B29A045CD8D81E119F8D5FFF2A25622DE798FCC7131B');
INSERT INTO "audit_rows" VALUES(12,1795991619075984,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','site march',NULL,'{"address":[null,"City Road, March"],"id":[null,"march"],"latitude":[null,54.984162],"longitude":[null,-1.660813],"zone":[null,"Europe/London"]}','{"changes":{"name":[null,"March Library"],"phone":[null,"01632 960 122"]},"salt":"b5431b14e9cee66686949f8a737b873c"}',X'889CBB0AF11F66445FA25009C27F3277D9B7B527E9A4EC8F58C9A1A881B3100E',1795991620135431,'march',1,X'9754434A9D8034AE426E856D9E4285AF13DDA027E1AE1F5593D7EB58AC2E4030');
INSERT INTO "audit_rows" VALUES(13,1795991620922254,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','edge march-pi',NULL,'{"id":[null,"march-pi"],"site":[null,"march"]}','{"changes":{"name":[null,"March Library: the Pi"]},"salt":"ede0bd8c1dffde6e58ed7180f75730dc"}',X'DEC9E2A41F92566568C88DC286D461E4DB0AE15D38F7B515430EA0E1F2921897',1795991621554135,'march',2,X'EE38952EB0D4E5FAE0AEE8A9A89C02C86851FD1F93622C59BA480544AC0481E0');
INSERT INTO "audit_rows" VALUES(14,1795991622532958,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','door front-door',NULL,'{"code_length":[null,6],"counter":[null,"front-beams"],"edge":[null,"march-pi"],"held_after_s":[null,60.0],"hold_s":[null,5.0],"id":[null,"front-door"],"passback":[null,"off"],"site":[null,"march"]}','{"changes":{"name":[null,"Front door"]},"salt":"0a00cc6d3811c0c8e8d41a8fdf748b58"}',X'83F6CB488C499102288CB194B65F808F6F6817A687480109355D76C4AC2224E1',1795991623079838,'march',3,X'42CB5FFD393B186C7405148B251BF325DBAB476A90DD0B613375C7353C82009C');
INSERT INTO "audit_rows" VALUES(15,1795991624359894,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','door hall-door',NULL,'{"code_length":[null,6],"counter":[null,"hall-beams"],"edge":[null,"march-pi"],"held_after_s":[null,90.0],"hold_s":[null,7.0],"id":[null,"hall-door"],"passback":[null,"off"],"site":[null,"march"]}','{"changes":{"name":[null,"Hall door"]},"salt":"00df24ae0eefa48eee4e1dfc1368a0e5"}',X'C1F3BBC68E6DA53E216EA3D12DC973D84F5C87FC0FBB6A83AD829E8A4DD1DE31',1795991626336336,'march',4,X'93C016106A09E43CB31616D7B01B217D56F3827CA47A143DE1FBB37193248566');
INSERT INTO "audit_rows" VALUES(16,1795991627018273,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space hall',NULL,'{"bookable":[null,true],"capacity":[null,80],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["hall-door"]],"floor_area_m2":[null,120.0],"id":[null,"hall"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"march"],"step_free":[null,false]}','{"changes":{"name":[null,"Community hall"]},"salt":"5d986f9a7276f44bdfdf26a30965548c"}',X'E15AC5588FDFCF829C8D4D4E4B7E8EB16324AA15AEAB8AE7169476344F28407D',1795991627691266,'march',5,X'884D387271E1108624A93271C77436177B24913A21DBEE4E253238002103E3A2');
INSERT INTO "audit_rows" VALUES(17,1795991627542561,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space meeting-room',NULL,'{"bookable":[null,true],"capacity":[null,12],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door"]],"floor_area_m2":[null,24.0],"id":[null,"meeting-room"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"march"],"step_free":[null,false]}','{"changes":{"name":[null,"Meeting room"]},"salt":"41dea83c0838c8d9065a1abbd0d1880c"}',X'0272D53EC9B795B492FE9625FC757067517008D4F5FDACDE7248D38AE7B574E9',1795991627691266,'march',6,X'52C67968CBA23FA597ECE63A34A943BC98F2CD863507EE0C5032C909376FB205');
INSERT INTO "audit_rows" VALUES(18,1795991627922941,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','opening hours',NULL,'{"timetable":[null,{"bank_holidays":{},"closing":{"warn_minutes":[15,5]},"free_doors":["front-door"],"pattern":[{"span":{"closes":1020,"mode":"staffed","opens":600},"weekday":0},{"span":{"closes":900,"mode":"staffed","opens":600},"weekday":1},{"span":{"closes":1020,"mode":"staffed","opens":600},"weekday":2},{"span":{"closes":1020,"mode":"staffed","opens":720},"weekday":3},{"span":{"closes":1020,"mode":"staffed","opens":600},"weekday":4},{"span":{"closes":840,"mode":"staffed","opens":600},"weekday":5}]}]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991629214807,'march',7,X'10873222E45AEFA622298D61CEBE0E28CBBA33F2BAE60F0382AC094A30C3C986');
INSERT INTO "audit_rows" VALUES(19,1795991628132071,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make a token','edge march-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991629214807,'march',8,X'272A06BA59B1810477897E9E21A47295881134FF3AE0FD6A42D4F22525A352A6');
INSERT INTO "audit_rows" VALUES(20,1795991628276019,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','edge:march/march-pi','api','enrol','edge march-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991629214807,'march',9,X'83AD2DF1DC7AC0180F4F632E46446C2682F5200A81525EC3A18801C760ABAF7C');
INSERT INTO "audit_rows" VALUES(21,1795991629616574,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','site soham',NULL,'{"address":[null,"Clay Street, Soham"],"id":[null,"soham"],"latitude":[null,55.005701],"longitude":[null,-1.653496],"zone":[null,"Europe/London"]}','{"changes":{"name":[null,"Soham Community Hub"],"phone":[null,"01632 960 123"]},"salt":"eafb9c03365aed0074e8add09f60e5a3"}',X'A803FF54F7DC3D2AD9236257C485ECAA5D3AA47F98C0BEC4B14490038F756657',1795991630774343,'soham',1,X'ED5269EAE7D940D9DF0A0BCB26751899FDF5C9F0FDAF1F9FC964B71C21B99154');
INSERT INTO "audit_rows" VALUES(22,1795991630224805,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','edge soham-pi',NULL,'{"id":[null,"soham-pi"],"site":[null,"soham"]}','{"changes":{"name":[null,"Soham Community Hub: the Pi"]},"salt":"82524240b3a6ab4cb10ad88c9c38647d"}',X'FFC027C00E2AEEABAAB547C4BE824877BC042477B13F65420423E013CE1CD170',1795991630774343,'soham',2,X'F78DAA500CBF8589BC2A17427E0037D283EE2EB9B5F4139571B935509AD67BE1');
INSERT INTO "audit_rows" VALUES(23,1795991631679890,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','door front-door',NULL,'{"code_length":[null,6],"counter":[null,"front-beams"],"edge":[null,"soham-pi"],"held_after_s":[null,60.0],"hold_s":[null,5.0],"id":[null,"front-door"],"passback":[null,"off"],"site":[null,"soham"]}','{"changes":{"name":[null,"Front door"]},"salt":"97f631c39e19c234e9279c729d40325d"}',X'BDAF111255A8E98080F311E825552284D26484D37E68A3FE69E597A1A0B2D62E',1795991632415375,'soham',3,X'5C9B98D77F84BB0691EBFD3C314F07B84D3F2CF8AD94DFF5C4582CB215D31ACF');
INSERT INTO "audit_rows" VALUES(24,1795991633657195,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space hall',NULL,'{"bookable":[null,true],"capacity":[null,60],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door"]],"floor_area_m2":[null,90.0],"id":[null,"hall"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"soham"],"step_free":[null,false]}','{"changes":{"name":[null,"Hall"]},"salt":"47bb661e3ac9826750c4715284e77cf8"}',X'BDCC77ACBCCF771D158F69AE18780880874C705EBA3D775E4529B7C693792D91',1795991635397839,'soham',4,X'8B528E392B8309AA2ADA3DB14D89C1D6C69A35C724531452F7DC5CCE1D5491F6');
INSERT INTO "audit_rows" VALUES(25,1795991635131622,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','space consulting-room',NULL,'{"bookable":[null,true],"capacity":[null,4],"changeover_min":[null,0],"cleardown_min":[null,0],"doors":[null,["front-door"]],"floor_area_m2":[null,12.0],"id":[null,"consulting-room"],"kind":[null,"room"],"noise":[null,"any"],"setup_min":[null,0],"share_buffers":[null,true],"site":[null,"soham"],"step_free":[null,false]}','{"changes":{"name":[null,"Consulting room"]},"salt":"dc4e39bcbeeb91594ccda82f520d1266"}',X'1B064ACD03C84348476467A900D8EF5F33AD9A5856CAF80D9F1278507BC00F26',1795991635397839,'soham',5,X'17245A8B4D80F5BACC8C014D2980D3D6C8DA9DC8758F64C58BE60E7EFF47EE6E');
INSERT INTO "audit_rows" VALUES(26,1795991636269147,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','opening hours',NULL,'{"timetable":[null,{"bank_holidays":{},"closing":{"warn_minutes":[15,5]},"free_doors":["front-door"],"pattern":[{"span":{"closes":1020,"mode":"staffed","opens":600},"weekday":0},{"span":{"closes":840,"mode":"staffed","opens":600},"weekday":1},{"span":{"closes":1080,"mode":"staffed","opens":600},"weekday":3},{"span":{"closes":840,"mode":"staffed","opens":600},"weekday":5}]}]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991638266253,'soham',6,X'F63C2A2DEF3DE4388221F13D7FF893B0BAD4EE9124256ABD3746D6FA3F72ECDC');
INSERT INTO "audit_rows" VALUES(27,1795991636953551,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make a token','edge soham-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991638266253,'soham',7,X'F0ED9D2D45D5A432F29F9DB127C295174784CF4AF74456FEBBBEFEAEE3DCDB63');
INSERT INTO "audit_rows" VALUES(28,1795991637357117,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','edge:soham/soham-pi','api','enrol','edge soham-pi',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991638266253,'soham',8,X'432303DC4DC328BD6A5EB906C426C7080793CE7B1E022CA5D5BCD230AEE8B8B1');
INSERT INTO "audit_rows" VALUES(29,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party county-council',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',2,X'0FC01641C86C94009CDD21EA88794B04E991A267CAE523B194273B44508FA7DC');
INSERT INTO "audit_rows" VALUES(30,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party soham-friends',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',3,X'843A7DE20D99979EF1C822BFAF2BE35DF170AE4E8AD8A3D2D3FC5C79C51494CC');
INSERT INTO "audit_rows" VALUES(31,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party citizens-advice',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',4,X'52D5297F8B627B7CFF80B123E1FE83DE60474E168369C7AC5831DDB659374DCC');
INSERT INTO "audit_rows" VALUES(32,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party post-office',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',5,X'EF283FFD557F8BA657EB563331787D265EB2964D228070A0D39623B7FE28A69B');
INSERT INTO "audit_rows" VALUES(33,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party pilates-studio',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',6,X'6BE5D7B0443AFBE96E294D6A2BE82383BC22D59C399953B39AC5F7FAFBAD96D8');
INSERT INTO "audit_rows" VALUES(34,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party fenland-fairs',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',7,X'87E1CB0EF5B07AA23AFE3F64920C896D21655C975D998CA87C73CAADAF812DEB');
INSERT INTO "audit_rows" VALUES(35,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party ruth-allen',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',8,X'90F2C9AC9FCACF09609130DCB0CB7C908F7B03084DAF67AE06AD79AB1A57C12F');
INSERT INTO "audit_rows" VALUES(36,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party marcus-bell',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',9,X'16C4CBAFF7224C1B1D4ADDA7EFF0D7B1AD5F65A90414097CE5228B42ADA8C5EA');
INSERT INTO "audit_rows" VALUES(37,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party ben-carrow',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',10,X'A5EFF39A6B5EB0678249543465B7D7A481EDF046090743EF8974F356B19C7663');
INSERT INTO "audit_rows" VALUES(38,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party olive-trent',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',11,X'4475F68551ADF6366CCD83CC783A08734F4469CDD15DB3DA167D6018C3F2BBFC');
INSERT INTO "audit_rows" VALUES(39,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party health-visitors',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',12,X'23225421A79A59C8A371E850468CCD9FB0B1E95668E922E3E2A7CBCE9E63CA08');
INSERT INTO "audit_rows" VALUES(40,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party family-services',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',13,X'E3FA621D16799296F18E611226355CFA560FDDD48801E7EF822BD9F4BFA4C823');
INSERT INTO "audit_rows" VALUES(41,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party job-club',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',14,X'98F35FEE90D53C7C420807C97ACE0AC5CF2D533D6A87CF5BD19F020430F41EAF');
INSERT INTO "audit_rows" VALUES(42,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party great-whyte-choir',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',15,X'F98ABE3AC06ECB887C87F14929C7AF5F10D8EAA4BFC2D1689A4F0682A4016BF7');
INSERT INTO "audit_rows" VALUES(43,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party brass-band',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',16,X'A28DFDAA27C4F401F4F0039BDBFF6BE707298D5986669602BCEAA13410B6F82E');
INSERT INTO "audit_rows" VALUES(44,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party drama-society',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',17,X'2B5F9462CB2057CE05725C7E89CA2DFF5479149DC17C4F6245DC64B186A68621');
INSERT INTO "audit_rows" VALUES(45,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party scouts',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',18,X'20A641EBCF61114FDE17FD548038941E8DD33837D34BF33067D9C6BF63898C1B');
INSERT INTO "audit_rows" VALUES(46,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party model-railway',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',19,X'9A4E3456D0A361C672936C217DE064B4B7608FE164845F4D54BD429EB3CAD63B');
INSERT INTO "audit_rows" VALUES(47,1795991686087415,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','import','party salsa-club',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991687341161,'',20,X'A2F57AF95B6DD220A416BB228FCD4C529750FE9824FD2DF9B0CB9D13850E9AF0');
INSERT INTO "audit_rows" VALUES(48,1795991691113767,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','site ramsey from a file, 29 things',NULL,'{"things":[null,["Difference(section=''site'', id=''ramsey'', what=''change'', fields=(''organisation'',))","Difference(section=''floors'', id=''first'', what=''add'', fields=())","Difference(section=''floors'', id=''ground'', what=''add'', fields=())","Difference(section=''spaces'', id=''desks'', what=''add'', fields=())","Difference(section=''spaces'', id=''hall'', what=''change'', fields=(''floor'', ''description'', ''step_free'', ''noise'', ''setup_min'', ''cleardown_min'', ''changeover_min'', ''default_layout'', ''parts'', ''amenities'', ''layouts'', ''changeovers''))","Difference(section=''spaces'', id=''hall-east'', what=''add'', fields=())","Difference(section=''spaces'', id=''hall-west'', what=''add'', fields=())","Difference(section=''spaces'', id=''meeting-room'', what=''change'', fields=(''floor'', ''noise'', ''changeover_min'', ''default_layout'', ''amenities'', ''layouts''))","Difference(section=''spaces'', id=''studio'', what=''change'', fields=(''floor'', ''step_free'', ''amenities''))","Difference(section=''equipment'', id=''chairs'', what=''add'', fields=())","Difference(section=''equipment'', id=''piano'', what=''add'', fields=())","Difference(section=''equipment'', id=''projector'', what=''add'', fields=())","Difference(section=''hours'', id=''bank_holidays'', what=''add'', fields=())","Difference(section=''hours'', id=''pattern'', what=''change'', fields=())","Difference(section=''hours'', id=''seasons'', what=''add'', fields=())","Difference(section=''hours'', id=''spaces.desks'', what=''add'', fields=())","Difference(section=''policy'', id=''hold_hours'', what=''add'', fields=())","Difference(section=''policy'', id=''offer_hours'', what=''add'', fields=())","Difference(section=''policy'', id=''quotas'', what=''add'', fields=())","Difference(section=''policy'', id=''release'', what=''add'', fields=())","Difference(section=''policy'', id=''rules'', what=''add'', fields=())","Difference(section=''policy'', id=''windows'', what=''add'', fields=())","Difference(section=''tariffs'', id=''cancelling'', what=''add'', fields=())","Difference(section=''tariffs'', id=''discounts'', what=''add'', fields=())","Difference(section=''tariffs'', id=''equipment'', what=''add'', fields=())","Difference(section=''tariffs'', id=''limits'', what=''add'', fields=())","Difference(section=''tariffs'', id=''rates'', what=''add'', fields=())","Difference(section=''tariffs'', id=''vat_percent'', what=''add'', fields=())","Difference(section=''tariffs'', id=''year_starts'', what=''add'', fields=())"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991695207651,'ramsey',11,X'74616C4E606CDA65CD9A1C9B45FD5753B03ECF6563911FDBC4F49EC05B1A3D02');
INSERT INTO "audit_rows" VALUES(49,1795991694403964,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','site march from a file, 18 things',NULL,'{"things":[null,["Difference(section=''site'', id=''march'', what=''change'', fields=(''organisation'',))","Difference(section=''floors'', id=''ground'', what=''add'', fields=())","Difference(section=''spaces'', id=''floor-back'', what=''add'', fields=())","Difference(section=''spaces'', id=''floor-front'', what=''add'', fields=())","Difference(section=''spaces'', id=''hall'', what=''change'', fields=(''floor'', ''step_free'', ''noise'', ''setup_min'', ''cleardown_min'', ''changeover_min'', ''default_layout'', ''amenities'', ''layouts''))","Difference(section=''spaces'', id=''library-floor'', what=''add'', fields=())","Difference(section=''spaces'', id=''meeting-room'', what=''change'', fields=(''floor'', ''step_free'', ''noise'', ''amenities''))","Difference(section=''spaces'', id=''zone-children'', what=''add'', fields=())","Difference(section=''spaces'', id=''zone-history'', what=''add'', fields=())","Difference(section=''spaces'', id=''zone-middle'', what=''add'', fields=())","Difference(section=''equipment'', id=''projector'', what=''add'', fields=())","Difference(section=''equipment'', id=''tables'', what=''add'', fields=())","Difference(section=''hours'', id=''bank_holidays'', what=''add'', fields=())","Difference(section=''hours'', id=''closures'', what=''change'', fields=())","Difference(section=''hours'', id=''pattern'', what=''change'', fields=())","Difference(section=''policy'', id=''release'', what=''add'', fields=())","Difference(section=''policy'', id=''rules'', what=''add'', fields=())","Difference(section=''tariffs'', id=''rates'', what=''add'', fields=())"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991695207651,'march',10,X'4284D4360E54FCC9ED47C0002588F4F7071C5E3539B793A3CF6859D9DF47414E');
INSERT INTO "audit_rows" VALUES(50,1795991698392665,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','site soham from a file, 12 things',NULL,'{"things":[null,["Difference(section=''site'', id=''soham'', what=''change'', fields=(''organisation'',))","Difference(section=''floors'', id=''ground'', what=''add'', fields=())","Difference(section=''spaces'', id=''consulting-room'', what=''change'', fields=(''floor'', ''step_free'', ''noise''))","Difference(section=''spaces'', id=''hall'', what=''change'', fields=(''floor'', ''step_free'', ''noise'', ''setup_min'', ''cleardown_min'', ''amenities''))","Difference(section=''spaces'', id=''whole-hub'', what=''add'', fields=())","Difference(section=''equipment'', id=''urn'', what=''add'', fields=())","Difference(section=''hours'', id=''bank_holidays'', what=''add'', fields=())","Difference(section=''hours'', id=''closures'', what=''change'', fields=())","Difference(section=''hours'', id=''spaces.consulting-room'', what=''add'', fields=())","Difference(section=''policy'', id=''hire'', what=''add'', fields=())","Difference(section=''policy'', id=''rules'', what=''add'', fields=())","Difference(section=''tariffs'', id=''rates'', what=''add'', fields=())"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991702443804,'soham',9,X'6DCBF2C7ACF4D1570CAA014AC997C04794550E354A5D74F72DCF1D1560931E3D');
INSERT INTO "audit_rows" VALUES(51,1795991702209323,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','school terms',NULL,'{"terms":[null,[{"breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}],"first":"2026-09-03","id":"autumn-2026","last":"2026-12-18","name":"Autumn term"},{"breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}],"first":"2027-01-05","id":"spring-2027","last":"2027-03-26","name":"Spring term"},{"breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}],"first":"2027-04-13","id":"summer-2027","last":"2027-07-20","name":"Summer term"},{"breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}],"first":"2027-09-03","id":"autumn-2027","last":"2027-12-18","name":"Autumn term"},{"breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}],"first":"2028-01-05","id":"spring-2028","last":"2028-03-26","name":"Spring term"},{"breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}],"first":"2028-04-13","id":"summer-2028","last":"2028-07-20","name":"Summer term"},{"breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}],"first":"2028-09-03","id":"autumn-2028","last":"2028-12-18","name":"Autumn term"},{"breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}],"first":"2029-01-05","id":"spring-2029","last":"2029-03-26","name":"Spring term"},{"breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}],"first":"2029-04-13","id":"summer-2029","last":"2029-07-20","name":"Summer term"}]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991702443804,'ramsey',12,X'C5F1F5271A3DFD190A86278C5EBBBC3B98F9EA4162156C46BA66B6EC97E4B904');
INSERT INTO "audit_rows" VALUES(52,1795991703235305,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','school terms',NULL,'{"terms":[null,[{"breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}],"first":"2026-09-03","id":"autumn-2026","last":"2026-12-18","name":"Autumn term"},{"breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}],"first":"2027-01-05","id":"spring-2027","last":"2027-03-26","name":"Spring term"},{"breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}],"first":"2027-04-13","id":"summer-2027","last":"2027-07-20","name":"Summer term"},{"breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}],"first":"2027-09-03","id":"autumn-2027","last":"2027-12-18","name":"Autumn term"},{"breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}],"first":"2028-01-05","id":"spring-2028","last":"2028-03-26","name":"Spring term"},{"breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}],"first":"2028-04-13","id":"summer-2028","last":"2028-07-20","name":"Summer term"},{"breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}],"first":"2028-09-03","id":"autumn-2028","last":"2028-12-18","name":"Autumn term"},{"breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}],"first":"2029-01-05","id":"spring-2029","last":"2029-03-26","name":"Spring term"},{"breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}],"first":"2029-04-13","id":"summer-2029","last":"2029-07-20","name":"Summer term"}]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991703518627,'march',11,X'F2551D7036C603BE44F0EF25A6162051BE4C9282DE072647DACC343C6572294B');
INSERT INTO "audit_rows" VALUES(53,1795991704091081,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change','school terms',NULL,'{"terms":[null,[{"breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}],"first":"2026-09-03","id":"autumn-2026","last":"2026-12-18","name":"Autumn term"},{"breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}],"first":"2027-01-05","id":"spring-2027","last":"2027-03-26","name":"Spring term"},{"breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}],"first":"2027-04-13","id":"summer-2027","last":"2027-07-20","name":"Summer term"},{"breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}],"first":"2027-09-03","id":"autumn-2027","last":"2027-12-18","name":"Autumn term"},{"breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}],"first":"2028-01-05","id":"spring-2028","last":"2028-03-26","name":"Spring term"},{"breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}],"first":"2028-04-13","id":"summer-2028","last":"2028-07-20","name":"Summer term"},{"breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}],"first":"2028-09-03","id":"autumn-2028","last":"2028-12-18","name":"Autumn term"},{"breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}],"first":"2029-01-05","id":"spring-2029","last":"2029-03-26","name":"Spring term"},{"breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}],"first":"2029-04-13","id":"summer-2029","last":"2029-07-20","name":"Summer term"}]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991705058898,'soham',10,X'EBA94092858792CD5A3625B82DE060EE43DEA942C27B5023325FCB145D4665C1');
INSERT INTO "audit_rows" VALUES(54,1795991704424699,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','make','closure 01a22972-935f-7cfb-a76c-bbc0071d6aab',NULL,'{"closures":[null,[{"during":{"end":"2026-12-12T00:00:00Z","start":"2026-12-11T00:00:00Z"},"id":"01a22972-935f-7cfb-a76c-bbc0071d6aab","made_at":"2026-11-29T22:35:04.415449Z","reason":"New carpet","spaces":["meeting-room"],"whole_days":true}]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991705058898,'ramsey',13,X'A1C0A5CC3D354125602471A14AE4CA88DFC0072495F1C518E3D42E19DFB5BF15');
INSERT INTO "audit_rows" VALUES(55,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7bb4-bd15-8018e8679c35 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7bb4-bd15-8018e8679c35","01a22972-9afa-7d1a-ad4e-d8a7d04bdd9f","01a22972-9afa-71b3-8ee1-9756ad70f4eb","01a22972-9afa-7a10-9ab9-6210ceaf1ffc","01a22972-9afa-7453-b3bc-a24fe208c9b3","01a22972-9afa-776e-91c0-02945f153f60","01a22972-9afa-79a4-9f4d-5b9fbec1ca0b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',12,X'80849195D31C00818DF562705A555132F50CB1B6B43C43E71A2C525674A1785B');
INSERT INTO "audit_rows" VALUES(56,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-700b-ac86-b328b0f7dc38 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-700b-ac86-b328b0f7dc38","01a22972-9afa-73a2-9f3d-0f6e3ff33143","01a22972-9afa-72c1-9c41-a598a9e869ba","01a22972-9afa-7582-9a57-1d753e952e25","01a22972-9afa-71f6-80db-cfbb91b6f619","01a22972-9afa-709b-9ca9-c39d2cb3c033","01a22972-9afa-7b9a-8f5d-650215259484"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',13,X'EA1A313081431B6A43FBF3AC6531A9AE03A596E19C1E9EF3D5203F2BC0D7EA1D');
INSERT INTO "audit_rows" VALUES(57,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-753c-ba77-6cb23637fc2a and 5 more',NULL,'{"bookings":[null,["01a22972-9afa-753c-ba77-6cb23637fc2a","01a22972-9afa-73f8-9b4f-5bbe7ff3171a","01a22972-9afa-748a-82ac-82fbd4f3e91c","01a22972-9afa-70d2-acbb-885ba181a500","01a22972-9afa-7f57-b714-26820ad5e769","01a22972-9afa-73e5-94ec-bdb88d782ea3"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',14,X'7A3960EE25D8F44B2FE949E646ADDC388688CA6712750E168FA8A9D1645BEC39');
INSERT INTO "audit_rows" VALUES(58,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7cc2-a5f1-ff7ed465c322 and 5 more',NULL,'{"bookings":[null,["01a22972-9afa-7cc2-a5f1-ff7ed465c322","01a22972-9afa-7994-bde0-a2b1542a82a9","01a22972-9afa-7224-b12e-ff2514f58a5d","01a22972-9afa-7e9d-8eeb-0b39e852840c","01a22972-9afa-7022-91ef-9a6e948a8d3f","01a22972-9afa-7ac9-9892-a4034e98e8d2"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',15,X'CA9A9D2CB23B976C2AA0D954E67A0E8AA8C908AFCCA44A76B5D29C47290F4815');
INSERT INTO "audit_rows" VALUES(59,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7da7-84cd-7799b2a6c03b and 4 more',NULL,'{"bookings":[null,["01a22972-9afa-7da7-84cd-7799b2a6c03b","01a22972-9afa-72ba-bfe7-fe2842b01fcb","01a22972-9afa-718d-83b3-15fbc0ddf732","01a22972-9afa-71aa-8023-6b33e8e34669","01a22972-9afa-78f1-9540-ee586a2af45b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',16,X'9254A80C04598C74E95A418A6F26B3201EF2DE83388BAC84B474E808FFFD50AF');
INSERT INTO "audit_rows" VALUES(60,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7580-8d8c-d5d0066de480 and 4 more',NULL,'{"bookings":[null,["01a22972-9afa-7580-8d8c-d5d0066de480","01a22972-9afa-75de-aec9-7f9131dad0bc","01a22972-9afa-74a2-badd-ee1c5bd03f7f","01a22972-9afa-7088-ac3c-399f37cdb360","01a22972-9afa-70e7-bcb1-5fe69ff90439"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',17,X'5B794D275E68E15E6934656DF152E48FAA41753E8CA096204CA8C9E4D44174E0');
INSERT INTO "audit_rows" VALUES(61,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-71ee-969d-8ae4c8d47a75 and 5 more',NULL,'{"bookings":[null,["01a22972-9afa-71ee-969d-8ae4c8d47a75","01a22972-9afa-7072-92b5-1d5afc38b0ca","01a22972-9afa-727b-a39e-da4625db9387","01a22972-9afa-7eb3-a1b0-1bac6a00f8b1","01a22972-9afa-70eb-8b1e-e4d39395aabb","01a22972-9afa-7c44-b28c-d9ea5b374940"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',18,X'80AAA39432505F18E88E96938589784EBBD7CA0028E599E545DD8D5B86285853');
INSERT INTO "audit_rows" VALUES(62,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-79b2-99b0-03420d97a470 and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-79b2-99b0-03420d97a470","01a22972-9afa-7f1e-a76f-dd2190a379ab","01a22972-9afa-7c6f-a3a7-31e62da9bc83","01a22972-9afa-71c0-8832-7dcd35cce9b4","01a22972-9afa-7cfa-8690-09708e2e9fa9","01a22972-9afa-7b56-9451-3c9d1ec10c5a","01a22972-9afa-71a1-bee6-1ad0736f8a7b","01a22972-9afa-790c-8f6d-21a0acc5a46e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',19,X'B766E8F217F7CBB24881639B0CE4BCEDA103C198F66DBEF2E39E1801CA726FF7');
INSERT INTO "audit_rows" VALUES(63,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-718d-8e1a-fc301abff53d and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-718d-8e1a-fc301abff53d","01a22972-9afa-7b00-83bb-0bc3f3e52b1f","01a22972-9afa-79ac-acd0-bbbc955c1460","01a22972-9afa-743c-a487-6bdf57691b0b","01a22972-9afa-70a7-9c6f-75c5004644b9","01a22972-9afa-759b-b4ef-f3e3a7621f71","01a22972-9afa-7225-bada-f7aea6303ba3"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',20,X'0DE7159ABCF22DB32D62A4F2E417E06EF83434769E375B8BFD3B4C890FD22319');
INSERT INTO "audit_rows" VALUES(64,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-77d7-a2e5-bed25f36dadf and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-77d7-a2e5-bed25f36dadf","01a22972-9afa-74d2-90fc-dbf39c2e6f5d","01a22972-9afa-7571-963b-21357638d1ae","01a22972-9afa-758b-8994-8a7860f08499","01a22972-9afa-79ed-a874-4c3844ff412e","01a22972-9afa-790c-991c-cfc1ecc49d20","01a22972-9afa-77f9-b177-0c39b5303dec"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',21,X'9681A622F356F20AD70F2A0EAE38833D2C361FC9E7C5490095E3F3F8688A81F2');
INSERT INTO "audit_rows" VALUES(65,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7abf-9766-ed7f81450de5 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7abf-9766-ed7f81450de5","01a22972-9afa-7795-93a0-8b319af8e0d6","01a22972-9afa-7253-8556-ee32b62e2adf","01a22972-9afa-7172-aff1-9b743c70678e","01a22972-9afa-7622-8103-b1dbc90735df","01a22972-9afa-74d3-aec5-02bf2719e64f","01a22972-9afa-76c4-8a43-b78473ae9831"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',22,X'472DF794F896EC0D9DF34422105F3885268693EDC3BE5053C28637F3160A0914');
INSERT INTO "audit_rows" VALUES(66,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7825-9eda-4c02aae9b5b0 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7825-9eda-4c02aae9b5b0","01a22972-9afa-724e-9eb1-7d1f35d7dfdc","01a22972-9afa-785b-9200-6bc856bb4c07","01a22972-9afa-7063-8b49-9c6c6898dc44","01a22972-9afa-7ce9-9895-6a0500fdfd08","01a22972-9afa-73f8-a5fe-1301c5bd23ce","01a22972-9afa-705d-a188-338cca95e3fb"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',23,X'2B1125E456639D254566DEFF764A0F2BFBACF06FC271BCF5EE9DA7FA835B3CA7');
INSERT INTO "audit_rows" VALUES(67,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7160-8b4c-70ebab5d7c0f and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7160-8b4c-70ebab5d7c0f","01a22972-9afa-7a1b-bedf-1a3aaac45a86","01a22972-9afa-7789-837c-42884a536633","01a22972-9afa-7f3b-b4ec-b723b0cbd495","01a22972-9afa-7034-b20f-9838b59dee7c","01a22972-9afa-7461-96bc-bd23457e265d","01a22972-9afa-7af9-b74e-a618d1ec23f4"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',24,X'20CCA359410899966F4B4CD025A8700C66793C35DEDE53B947C76D7B8BEECB9C');
INSERT INTO "audit_rows" VALUES(68,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7f6b-9be8-b4fdda94caf6 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7f6b-9be8-b4fdda94caf6","01a22972-9afa-7116-9460-ea94426b5b06","01a22972-9afa-72d4-bc3f-425e41261ecc","01a22972-9afa-7f84-b646-0a853d6a1e5d","01a22972-9afa-7e4e-942a-0130b3f951c6","01a22972-9afa-78d9-ba50-c1f4350b1cc6","01a22972-9afa-7a01-b358-cda66bd0c1af"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991715083113,'march',25,X'62B0D7496E88B50B6474C6D52C012BC71718B6A774077B7EE6BEA4E4D043D0B5');
INSERT INTO "audit_rows" VALUES(69,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7470-86c6-0bb7614051d0 and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-7470-86c6-0bb7614051d0","01a22972-9afa-7fc5-866b-93ce6d2b41e0","01a22972-9afa-7dab-944f-21064715b901","01a22972-9afa-74dc-9735-561091b590f0","01a22972-9afa-7235-8553-51b7bf4c7989","01a22972-9afa-7e2f-9c86-3eefe92e45ee","01a22972-9afa-783f-93bb-f8d222a6fe63","01a22972-9afa-7a5a-912a-a38a907f6314"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',26,X'AEAF307002E00840E4BF5BFFF436409A1C72987C35BA176A79702CA2109C0F96');
INSERT INTO "audit_rows" VALUES(70,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-75ef-876a-85728397fc05 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-75ef-876a-85728397fc05","01a22972-9afa-74f9-9b97-655bf6421a89","01a22972-9afa-76d4-b32b-31abd9cd04c9","01a22972-9afa-706f-8c92-d0690b9389f8","01a22972-9afa-7f70-b2bb-2032c543891a","01a22972-9afa-7b31-9ece-4aebbefd02ee","01a22972-9afa-7160-819c-3a09cf26ec8d"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',27,X'C0150553EF8CEEE0EE0128B43E57367CD18F6A157CBA3B9AD634891542E3DB98');
INSERT INTO "audit_rows" VALUES(71,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7846-b732-8f0736040107 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7846-b732-8f0736040107","01a22972-9afa-7723-a5bb-789fbb053ba7","01a22972-9afa-7a3f-baed-8076c4a45853","01a22972-9afa-743f-8279-13a556602254","01a22972-9afa-7ce8-8f66-c5c65d340370","01a22972-9afa-7b64-a017-5ffe4af7e9c9","01a22972-9afa-76b8-8185-1f4ee8b64409"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',28,X'F68921A6D3AAD9444E61818AA96CB9B5D2E96A7CE1DDB1967BE7BB8C53E3AA5A');
INSERT INTO "audit_rows" VALUES(72,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7474-8be8-dfbfd4dbac40 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7474-8be8-dfbfd4dbac40","01a22972-9afa-78c3-b01b-b6d8314fac95","01a22972-9afa-7455-b90a-5ee266b0da93","01a22972-9afa-7224-8310-10068f87c8af","01a22972-9afa-762d-859f-1bc44c91711d","01a22972-9afa-76e3-984a-5ee39c14ad72","01a22972-9afa-7881-b2ba-ab1f72df9382"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',29,X'5992BD6A41A47CB194C6DCFE81A279559BE36A02B41F52375C742E7D513C5213');
INSERT INTO "audit_rows" VALUES(73,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7a4e-9905-b48e3a8f5406 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7a4e-9905-b48e3a8f5406","01a22972-9afa-7c24-8e8d-41748c852af0","01a22972-9afa-784d-b110-1c7f66e384e5","01a22972-9afa-749a-b35d-4b3a1fad4dbf","01a22972-9afa-76b1-a44c-32af92682774","01a22972-9afa-7067-910b-358593c12caa","01a22972-9afa-714f-8f5b-6c01302ff49e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',30,X'D2CBFB4CD1DA96AE273B93394FC3171936E2062827E006FA57A785D718F33041');
INSERT INTO "audit_rows" VALUES(74,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-706c-81bb-9cf802287808 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-706c-81bb-9cf802287808","01a22972-9afa-7c77-992b-2414a0559a9e","01a22972-9afa-78f4-a85e-88fa80a26477","01a22972-9afa-732c-9eb5-74f37b40d022","01a22972-9afa-7b8d-bf85-57dfb4181f9f","01a22972-9afa-71cf-89c8-12a254084a13","01a22972-9afa-776f-b316-31966a285077"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',31,X'A5B0335A0EF813D4388941D955B214142EDAB1EA120D325ED0ECF508DD4083D5');
INSERT INTO "audit_rows" VALUES(75,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-776e-b94e-1652c534aa63 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-776e-b94e-1652c534aa63","01a22972-9afa-78f9-a88f-f214ace2f26d","01a22972-9afa-702a-bbcb-19ec22888309","01a22972-9afa-7d47-8827-46ad1fb473b7","01a22972-9afa-7e0f-b2a6-c63231a28235","01a22972-9afa-74a4-b664-dd925c2ab2de","01a22972-9afa-7dc8-88ca-47085aaaa93a"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',32,X'33487D24982D5B0EA639C9EFBDC2039B11D9B1B1617539AC53F8C4787F3F26E5');
INSERT INTO "audit_rows" VALUES(76,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7b55-877d-7c80d1c025a8 and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-7b55-877d-7c80d1c025a8","01a22972-9afa-7cfd-88a3-2fa5565b0391","01a22972-9afa-7951-bb29-347878fe7a7a","01a22972-9afa-7353-847b-6813007b5a98","01a22972-9afa-7655-8e49-68ed8bf23376","01a22972-9afa-7758-9172-2bca9692486f","01a22972-9afa-74e2-81dd-03f9914d8533","01a22972-9afa-78a2-b00a-ad64360b581b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',33,X'EAF4611B3ADBC1D62D328371CAD454972931DB97F105BA85FEC130BAD76EFC2C');
INSERT INTO "audit_rows" VALUES(77,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7e9c-85e0-1a8b86850822 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7e9c-85e0-1a8b86850822","01a22972-9afa-7f6b-a196-9ea5a6ea07a8","01a22972-9afa-70aa-b053-2d159d622c58","01a22972-9afa-7de9-9a86-f28fa2ad985e","01a22972-9afa-7cd2-b6b2-a7b9da7ac162","01a22972-9afa-7102-a797-0459cc68b68c","01a22972-9afa-749e-a41a-49764fee9ae3"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',34,X'158B0A366C5ACF63F9B724889E99F8918F5EC25F2F4FFBB9ECB67170875AE76B');
INSERT INTO "audit_rows" VALUES(78,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-77c4-b884-6194dbcab876 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-77c4-b884-6194dbcab876","01a22972-9afa-74c0-8262-9ef466e2ee8f","01a22972-9afa-7ec3-9766-1b3abf0191c6","01a22972-9afa-7b75-939b-ab89f4b11604","01a22972-9afa-72a0-a1e1-48ddc3756c2e","01a22972-9afa-7972-bf91-1f199a479d1c","01a22972-9afa-7a0f-8355-b4b873ba96f3"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',35,X'B7EA8908893E67C7207C1958ECB38588CBFD2918532891DE9FCEA69F7652B7E1');
INSERT INTO "audit_rows" VALUES(79,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7eec-a8a6-ebebdd93f354 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7eec-a8a6-ebebdd93f354","01a22972-9afa-7d80-a88f-041e6ecc72ba","01a22972-9afa-74c8-b966-abb855188c3d","01a22972-9afa-7918-9207-b0b5951616f6","01a22972-9afa-7370-b30b-eb3957d2e3f2","01a22972-9afa-7003-b148-ff99727af0d6","01a22972-9afa-7dde-a2ed-43d1b8ada8c5"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',36,X'052EADD66AE6A8FD4411C36DA59DCB878E481C0E5CCE8ADAE63904C1115E3304');
INSERT INTO "audit_rows" VALUES(80,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7cde-b9a4-e58dc6412fa2 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7cde-b9a4-e58dc6412fa2","01a22972-9afa-7122-bee8-1267d0e2bccd","01a22972-9afa-7c08-b1ca-4f53af724ffb","01a22972-9afa-761f-8138-f587c6821cc4","01a22972-9afa-75e6-ba5a-61e80047a98f","01a22972-9afa-7c66-a307-b0f09383c8b3","01a22972-9afa-753f-86ee-0cd6b921fa72"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',37,X'CF709F76CA546AB2CF0964C8D7A7B3D9E701DFDF279ACE543ABA90CD727EE569');
INSERT INTO "audit_rows" VALUES(81,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-72c3-8210-c0dc7a8b45cf and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-72c3-8210-c0dc7a8b45cf","01a22972-9afa-796d-a1ab-2d6982720807","01a22972-9afa-7b68-9756-b2fe8483ba5b","01a22972-9afa-7150-a510-b744bd0fc354","01a22972-9afa-79b3-9110-81c53bf63ebd","01a22972-9afa-7786-9dfb-4d8e1b8e08bd","01a22972-9afa-7934-92b8-e940f7a444d8"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',38,X'7DFF9799B41B26DCC3AA98F15D691508E5E719033C99B90F51CE34CB1551CF51');
INSERT INTO "audit_rows" VALUES(82,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7718-bee1-1c65008f291c and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7718-bee1-1c65008f291c","01a22972-9afa-7fef-b524-18b3294a2b20","01a22972-9afa-71fc-b62a-2cee74e2785f","01a22972-9afa-7662-a3b7-84d0c835f6cb","01a22972-9afa-78f6-8297-89c8fa840427","01a22972-9afa-7ba7-91dd-ab5b75a1873b","01a22972-9afa-7ae6-82e9-eb89e438ff40"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991717496883,'march',39,X'C6F71E919DCD8F39DFA6893C9303B9750B653A3445E4ACC44310570CD576C027');
INSERT INTO "audit_rows" VALUES(83,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7f22-89c5-62155f5227e3 and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-7f22-89c5-62155f5227e3","01a22972-9afa-79a5-8cc3-2ba85afaceff","01a22972-9afa-7a36-905b-186206893e90","01a22972-9afa-7b62-a61c-2cf286d7148a","01a22972-9afa-78ba-9caf-7ecb0ca38a27","01a22972-9afa-7d6c-802a-257a52dec23c","01a22972-9afa-7cc3-a460-4621195e9605","01a22972-9afa-71f3-ad58-04963ad67846"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',40,X'28AADBF9A3D89B70AA24B81FA7492C705F692893F51C0FA15AD9CCC2E9CE3304');
INSERT INTO "audit_rows" VALUES(84,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-78df-b479-bd942652e73b and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-78df-b479-bd942652e73b","01a22972-9afa-71b4-a99d-483102ad6455","01a22972-9afa-73dc-81f4-909c42dedb69","01a22972-9afa-7280-8739-cc3d57e383be","01a22972-9afa-7710-ad4a-64d2e43efd46","01a22972-9afa-70fa-a6dd-24ae3d259175","01a22972-9afa-7f71-b23d-96075b76e84e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',41,X'2161916C434B1B177865B1FBD5536526E7C1191DB47C561B9CBB1C0AE50A94BB');
INSERT INTO "audit_rows" VALUES(85,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-738a-a290-d48ebed98af6 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-738a-a290-d48ebed98af6","01a22972-9afa-7b63-a3b0-c9727e4bdae9","01a22972-9afa-7741-9646-460e17c3d467","01a22972-9afa-71d7-906d-0f815713b21c","01a22972-9afa-7bd3-82f4-4459b73aab89","01a22972-9afa-7eb9-930f-adf9f2dd4b75","01a22972-9afa-7e5e-8d47-5b1a811b43d3"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',42,X'BB3F4663BA6D6C4E4AEF07D9418592E2B0A4B70B3811CBEC2BA869AED93A0093');
INSERT INTO "audit_rows" VALUES(86,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7002-9889-6c22ba7a0305 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7002-9889-6c22ba7a0305","01a22972-9afa-7d1f-9ec0-300cafdc9cac","01a22972-9afa-7085-a995-3b0f4b45e866","01a22972-9afa-7658-a7a1-cf2c05fa7833","01a22972-9afa-75b9-a892-bcb15e008906","01a22972-9afa-779d-b7cc-a8828a78ca9d","01a22972-9afa-78f3-b41a-f1de80cb1b31"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',43,X'DF9D8F8AA19D7A6647FD4A267672661BE8FC6615A39D2CD26CBDBC5ED45BBF3A');
INSERT INTO "audit_rows" VALUES(87,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7741-b846-a94894361141 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7741-b846-a94894361141","01a22972-9afa-7c6b-889d-213294dfd305","01a22972-9afa-7810-bd9f-e2a83be7ba4e","01a22972-9afa-7a37-863b-1f9c813d9653","01a22972-9afa-7bc3-a665-4681b5f4a2bb","01a22972-9afa-77fb-b04c-1fc94a7adc94","01a22972-9afa-7029-8e49-3839656be18f"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',44,X'AD5136E8801899ED861AA2E330F3AE7BD8A8BE19D6B79198038DB9A4E73BBC18');
INSERT INTO "audit_rows" VALUES(88,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-754c-9d86-4c5cb73b337b and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-754c-9d86-4c5cb73b337b","01a22972-9afa-77e9-9e68-d08bca03fd02","01a22972-9afa-7837-b58b-fe0ac7286ea6","01a22972-9afa-77b6-b5ff-05f0e28e8e75","01a22972-9afa-7cef-a1eb-3dc0f2b93a0e","01a22972-9afa-7421-9c19-aeaea453987e","01a22972-9afa-7409-9f98-5bca9f88a17b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',45,X'E613D5B576391AD7FFE7EB454461CB08EADD20A957BA94E5087A0005D653A15D');
INSERT INTO "audit_rows" VALUES(89,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7a60-bde2-a76b60be9e0d and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7a60-bde2-a76b60be9e0d","01a22972-9afa-748e-9971-990308e1b7a9","01a22972-9afa-7ba8-b8c0-8b875f6ab591","01a22972-9afa-7593-9aa3-4f79fcbec3ea","01a22972-9afa-7853-a8de-4541418eb370","01a22972-9afa-70c4-954a-b1f9d4b981b8","01a22972-9afa-77ca-9781-6a47a459e470"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991718869866,'march',46,X'33E1399FAF2BD8825F8080A2485BB207E08401F3867580E241439A51A980FEFA');
INSERT INTO "audit_rows" VALUES(90,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7a45-8997-5a565b644436 and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-7a45-8997-5a565b644436","01a22972-9afa-7d36-8cbe-3797416ecab4","01a22972-9afa-70ac-b830-a243c87e915c","01a22972-9afa-7fe6-84c5-e8139846fec5","01a22972-9afa-7a79-9ae1-d16317a99ffb","01a22972-9afa-7570-a754-fe330391a360","01a22972-9afa-7b83-8232-66d952116467","01a22972-9afa-7169-abe9-a0d539fb82ce"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',47,X'E95E485F11FE4AEE76E1C4A67361BB41D41CACD03D09150A6386B772FC24E1EE');
INSERT INTO "audit_rows" VALUES(91,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7120-bde4-eabe575178b1 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7120-bde4-eabe575178b1","01a22972-9afa-7693-9a34-6d595c861b57","01a22972-9afa-737f-a31b-ce6c08f0a77f","01a22972-9afa-73d8-970b-4a4c911b55bd","01a22972-9afa-72de-a5a9-c0a1d9202e21","01a22972-9afa-7adc-bb01-5e81b113247d","01a22972-9afa-76b8-8537-a857789bb38b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',48,X'BAEF4920AF9426DEBDE28F5D67A251EA33FC418BB23A75E4A29D50C61A867616');
INSERT INTO "audit_rows" VALUES(92,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7fcd-bd89-4b48dca9f4c8 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7fcd-bd89-4b48dca9f4c8","01a22972-9afa-795f-8257-c938e5961a4c","01a22972-9afa-7b1e-a976-19e19df4fe8b","01a22972-9afa-77e6-854b-f82281345f09","01a22972-9afa-7948-a412-19ea6891347c","01a22972-9afa-70a9-94f7-e22144605b21","01a22972-9afa-7d32-935b-a34faf5463d2"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',49,X'6C5B0F65586BB14254420D1B9AD9496EA43F8F53339328A7C40774045DD9E977');
INSERT INTO "audit_rows" VALUES(93,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7fd8-a7d2-49edf497d7e4 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7fd8-a7d2-49edf497d7e4","01a22972-9afa-7829-8dd9-625023761fae","01a22972-9afa-7f72-9ed0-544880ae0430","01a22972-9afa-7cbc-8343-a23def50a326","01a22972-9afa-78db-add8-7745aab534e1","01a22972-9afa-7781-8549-f8a6924baa7e","01a22972-9afa-7964-bd7c-ed53f8e53e2d"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',50,X'F24B673A8BE07AD4633FB8CC7C49C1B90B16B43B1A73C5A55BC2402E9038E4F2');
INSERT INTO "audit_rows" VALUES(94,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-74d7-8982-7b53a699b31f and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-74d7-8982-7b53a699b31f","01a22972-9afa-7796-8566-50ea6d14d9a6","01a22972-9afa-7cec-85e2-e1704ae314d3","01a22972-9afa-7a1e-8bc3-e50f54ea768c","01a22972-9afa-7df3-8999-089e34e17dfe","01a22972-9afa-7def-ac70-13edf46d044c","01a22972-9afa-75d8-a4cd-616bcb0335ef"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',51,X'2B83D3174AB98B57365C550B410C57B297DE7048C7615834749C7A918D58F4A5');
INSERT INTO "audit_rows" VALUES(95,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7695-96c1-a531885caf0b and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7695-96c1-a531885caf0b","01a22972-9afa-78ac-ac56-7c535efd538b","01a22972-9afa-7152-8231-f62c28b20bf6","01a22972-9afa-7a5a-9372-f817a71e3c3b","01a22972-9afa-7afc-a373-099cc4e3c31b","01a22972-9afa-7ca7-8245-3a2ae24f126a","01a22972-9afa-720d-8023-87b0f4aee006"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',52,X'D5C19C5CCF5A1D802FD9A245ADB1C79BEE03E70524C1DAF05F44674F510E0979');
INSERT INTO "audit_rows" VALUES(96,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-72dc-97ff-f4a08a8a5442 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-72dc-97ff-f4a08a8a5442","01a22972-9afa-79b8-8024-94616e54ead6","01a22972-9afa-748b-a450-e19d37f78c10","01a22972-9afa-723d-a0ee-c10d5688702d","01a22972-9afa-79e5-bdc2-1b0f1ab402d7","01a22972-9afa-7fb8-aeb8-d6b8e2fc3250","01a22972-9afa-7a21-888c-7f77417e7b5e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',53,X'E08EB7893551A47CBE211D3DC76E6EEA20671CACF69B658151FC4CEF9CB234C8');
INSERT INTO "audit_rows" VALUES(97,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7963-9b98-3fc97b92c0ef and 7 more',NULL,'{"bookings":[null,["01a22972-9afa-7963-9b98-3fc97b92c0ef","01a22972-9afa-7735-985d-0a9ccb07e5ea","01a22972-9afa-7917-8114-23982960ea7a","01a22972-9afa-7af7-87ae-b2d0de7de85a","01a22972-9afa-7c5b-9ecd-448046cb9659","01a22972-9afa-7e44-ac63-4397ffef078a","01a22972-9afa-771c-9f5a-659378f6995f","01a22972-9afa-7eb8-99a5-b8a7bb7fca64"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',54,X'4ABA935973D4FCD460A0C47319974F07C832C5D96AB0334A53AACA6F46C96434');
INSERT INTO "audit_rows" VALUES(98,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7092-a104-7e04d1aa7ef9 and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7092-a104-7e04d1aa7ef9","01a22972-9afa-7a91-91a6-752d6dcde7ca","01a22972-9afa-70f3-b729-fd835cf7bff4","01a22972-9afa-74d7-9c82-c31e6c96ae5b","01a22972-9afa-789d-be79-45d1eee52a3b","01a22972-9afa-7d99-915f-8a8b54584cc1","01a22972-9afa-7c0f-94ae-8e477d37ec34"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',55,X'9674444FD7F5A14767B226D8A3EB8E2B2EA729F7812A820E3AEBF3BB10A1969D');
INSERT INTO "audit_rows" VALUES(99,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7be9-8c60-ea0d0a4d988d and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7be9-8c60-ea0d0a4d988d","01a22972-9afa-7148-9f02-cea150b88433","01a22972-9afa-70b4-8871-cdf04a84aac5","01a22972-9afa-7f6b-b3e1-a2f7db23423b","01a22972-9afa-794d-a366-baa5aa3cffb3","01a22972-9afa-7c5c-8fb0-2edf4c5f9bb3","01a22972-9afa-71d2-a19c-b84d8ce26b29"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',56,X'D83E036EE7B0835BB24801B998A19BB1560E062EEE25673526B36D14FCB7CACE');
INSERT INTO "audit_rows" VALUES(100,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7cc3-b616-ecd03845cd7b and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7cc3-b616-ecd03845cd7b","01a22972-9afa-7719-ba01-fa18a24eee98","01a22972-9afa-7567-8be7-671b310081dd","01a22972-9afa-7aa6-a7aa-bff700dea6c5","01a22972-9afa-7e38-843e-61d4ed5e64fd","01a22972-9afa-75a0-b850-3f723fe53dbd","01a22972-9afa-760f-9c26-bebee72b6bd5"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',57,X'66B0B3C221ACA47DD36BA8561A9DF86BA5CB0242074C3A3CD492F7A09ED26C94');
INSERT INTO "audit_rows" VALUES(101,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7a4d-8198-b231fb5c398f and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-7a4d-8198-b231fb5c398f","01a22972-9afa-7a2b-81be-46be5dcec204","01a22972-9afa-7039-b6c5-7fc3d9304244","01a22972-9afa-7858-8f9f-c77956594905","01a22972-9afa-771b-9064-fef726815292","01a22972-9afa-7e55-8283-0f8c9fa327f2","01a22972-9afa-7f1f-b6b1-d95335fd53af"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',58,X'C04A9F018FFC7B8B42CA9A9D2AB4B01A0DC7C0261A40306202244DF511575B0A');
INSERT INTO "audit_rows" VALUES(102,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-70b5-a6ee-0f9347aba4bb and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-70b5-a6ee-0f9347aba4bb","01a22972-9afa-7972-908a-5f85bb519c20","01a22972-9afa-7a88-a5e5-8ffae064a34c","01a22972-9afa-7b51-9f00-9e14cb7fa1e1","01a22972-9afa-73c6-b59a-7f35ef2c38bf","01a22972-9afa-7f9f-9680-db07a45f76f6","01a22972-9afa-7b2a-b2b7-f86e7c953c96"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',59,X'2BC88C2AB2ADBD8FB950C55DE794A6F9E3DB601195E7718A7C8D478C710217DA');
INSERT INTO "audit_rows" VALUES(103,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-72ea-b758-581ea6b9b41a and 6 more',NULL,'{"bookings":[null,["01a22972-9afa-72ea-b758-581ea6b9b41a","01a22972-9afa-7761-9765-4cc11557cc7c","01a22972-9afa-75f3-a82e-317e29d7172d","01a22972-9afa-7fd1-a6bf-8e29d6200f74","01a22972-9afa-77ca-ab89-a28dd8c2f6e4","01a22972-9afa-7b45-b6b1-d7017ece6992","01a22972-9afa-7133-9901-04690fb165dc"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991720944024,'march',60,X'FF4D6B275F94F8AD01225AD4D93F4251A3139F3B0CDA74BA25727E28764EC0E6');
INSERT INTO "audit_rows" VALUES(104,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7e67-abe9-9949b7e3431f and 3 more',NULL,'{"bookings":[null,["01a22972-9afa-7e67-abe9-9949b7e3431f","01a22972-9afa-7023-ba8f-d9822661e1f1","01a22972-9afa-7c2b-aa36-784851b7c406","01a22972-9afa-7f9f-8b84-26d900674575"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',61,X'4D20FF05FA8074E17C8759A96EA86290104687CCDEA229693959691654561781');
INSERT INTO "audit_rows" VALUES(105,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7bfd-b7bd-4580ab3c16ab and 3 more',NULL,'{"bookings":[null,["01a22972-9afa-7bfd-b7bd-4580ab3c16ab","01a22972-9afa-7198-b19b-f860356991b4","01a22972-9afa-7ebf-9dae-67b326f894cf","01a22972-9afa-7457-8494-6533835aeaf2"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',62,X'07B9080FE67E31A1CA32ECA012DEB459F71FD06FD4DBB69B721C1E5CB14F8D78');
INSERT INTO "audit_rows" VALUES(106,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-76e3-81c7-cece5ab915cb and 2 more',NULL,'{"bookings":[null,["01a22972-9afa-76e3-81c7-cece5ab915cb","01a22972-9afa-7829-a228-59c942446d0d","01a22972-9afa-77cb-9d60-883190cb833a"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',63,X'2421A61187FBBC47DFF875299B9B32C254D63E45017322EB6A50FD0D192ED4D2');
INSERT INTO "audit_rows" VALUES(107,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-78f0-96c5-2a0e0cd465f9 and 2 more',NULL,'{"bookings":[null,["01a22972-9afa-78f0-96c5-2a0e0cd465f9","01a22972-9afa-7106-a2c1-f3715bb03bad","01a22972-9afa-7a17-9e6b-c216283fc1a0"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',64,X'F1553479D4AB3081D0A827DAABB19CF3094B8A7169FFD934FC9CF6239490C996');
INSERT INTO "audit_rows" VALUES(108,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-798d-8a5c-a834ccfb4295 and 2 more',NULL,'{"bookings":[null,["01a22972-9afa-798d-8a5c-a834ccfb4295","01a22972-9afa-7207-ae5c-6eeea9346bf0","01a22972-9afa-78ea-a058-746f5846db75"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',65,X'41FBDDE0F95E9A6E1B2D7990B9F8EFDA3512692C2E5133B899097B2BCF7A6E05');
INSERT INTO "audit_rows" VALUES(109,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-7217-9778-fba0acd97947 and 2 more',NULL,'{"bookings":[null,["01a22972-9afa-7217-9778-fba0acd97947","01a22972-9afa-782e-9036-dd3e2380031f","01a22972-9afa-7c12-a8a0-88a8cd5de515"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',66,X'F940D7050E9C49CFB61C77C76DF82518445E07A8E01AD488B91DA79243C319CC');
INSERT INTO "audit_rows" VALUES(110,1795991706362001,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','import','api','book','booking 01a22972-9afa-73a6-93d7-934f6446a17e and 2 more',NULL,'{"bookings":[null,["01a22972-9afa-73a6-93d7-934f6446a17e","01a22972-9afa-7608-8592-06a502eb3b07","01a22972-9afa-7489-8ce6-258916473c1b"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991722623851,'march',67,X'66302B62BA3E1979D196F5C5FEA3713370D8B7C7ECFD2FB8A5B95A5A144D1125');
INSERT INTO "audit_rows" VALUES(111,1795991722838429,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-db56-743f-83a4-dbad55232980',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-03T17:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,30],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-03T12:00:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Town Council office"],"contact_phone":[null,"01632 960 218"],"title":[null,"Planning exhibition"]},"salt":"912152776bf2516391f20e057ef6e55c"}',X'5FD430523B24485B028C78E26F6AED87140457DF8C086F014613238B157EE764',1795991723696549,'ramsey',14,X'5700C42246E96B0C42FB3D3940598CB87EB82D0A472A1DD6D0FA783B8F595024');
INSERT INTO "audit_rows" VALUES(112,1795991723048391,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-dc28-7806-9b5c-a52c0f5827a4',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-05T17:30:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,30],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-05T14:30:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Hannah Lowe"],"contact_phone":[null,"01632 960 219"],"title":[null,"Birthday party"]},"salt":"f8eac4090b44def480f180aff1bfecfa"}',X'338FB056CC316BAD92C92BBABCE836EF7C3604B16DE95A6CCA3B584CF33AD2D1',1795991723696549,'ramsey',15,X'0BF6812F04A0245C459CCD69D8EBCFCFF9EB9F561BA6C095BE4BEFEDD9AA3C1B');
INSERT INTO "audit_rows" VALUES(113,1795991723179992,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-dcab-7334-9503-65d32f15f9bf',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-02T21:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,7],"public":[null,false],"show_link_number":[null,0],"space":[null,"meeting-room"],"starts":[null,"2026-12-02T19:30:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Bill Tansley"],"contact_phone":[null,"01632 960 220"],"title":[null,"Allotment society committee"]},"salt":"16567fd7fd184711adf3d784b1232f9b"}',X'BA73F2AD71ECCF62B13C8439615DE902CCEC5FE907FF22DC00430290D9B9DBE3',1795991723696549,'ramsey',16,X'2F85E312CDF054636F29CFFC7A85CD32078963B348F66FDD100BF6F4043996B3');
INSERT INTO "audit_rows" VALUES(114,1795991723432436,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-dda8-7e8a-8fc4-9c434ea5dc54',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-01T12:30:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,9],"public":[null,false],"show_link_number":[null,0],"space":[null,"meeting-room"],"starts":[null,"2026-12-01T10:30:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Edith Marr"],"contact_phone":[null,"01632 960 221"],"title":[null,"Family history workshop"]},"salt":"6024f7becaa86220da76dc6e86ffe54f"}',X'935811B90734732ED9D6AD25B37546C2AC7F12A0263B64FDBB42FFD03683DE46',1795991723696549,'march',68,X'8DFB26705A4C12CAC59F29D6A1DB23AB7482E00C86D5FF064289C85264846C80');
INSERT INTO "audit_rows" VALUES(115,1795991723588542,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-de44-7f2d-b6fd-dcbccd13f117',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-03T20:30:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,11],"public":[null,false],"show_link_number":[null,0],"space":[null,"meeting-room"],"starts":[null,"2026-12-03T19:00:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Carl Osei"],"contact_phone":[null,"01632 960 222"],"title":[null,"Residents'' association"]},"salt":"7ed55b63d75e82ef572ab4db3237936c"}',X'48C7EE62AC3738BB3F9B0C72813033AEEB0BA7A8BD03556024E9ECB8AB6FD3C9',1795991723696549,'march',69,X'607FFA6F0A455DB2465623008B2A30060E996AF2B3CF9ADBDC51FF9381E8833D');
INSERT INTO "audit_rows" VALUES(116,1795991723898378,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-df7a-7e04-93bf-09cce5094ae0',NULL,'{"counted_in":[null,0],"ends":[null,"2026-11-30T17:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,15],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-11-30T13:00:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Kath Byrne"],"contact_phone":[null,"01632 960 223"],"title":[null,"Blood donors"]},"salt":"48950618d1b5cf68469688352c647bdf"}',X'FA7EE05AE2FBFEBAD7734ADCA830D95739701F910A20BDCC5EA58B77630FB189',1795991724781715,'soham',11,X'70FE76740E9A50C466A4183A2955D237E0AC839ECE27DCE61FEBDC0B4BB55A56');
INSERT INTO "audit_rows" VALUES(117,1795991725534450,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-e5de-7e8d-93a5-9c3c21c19ad9',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-05T13:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,25],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-05T10:00:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Olive Trent"],"contact_phone":[null,"01632 960 224"],"title":[null,"Jumble sale"]},"salt":"1f58562391415eaf15c432396bd51082"}',X'7E241E9B77C64431AACF24E62FDF905905DC3A2EE0F9B88CB4D00A897231FC0E',1795991726476918,'soham',12,X'65194C18306BA6A1DBC020776A450B0D3F6796107B2C148D6380DB4E6F02C420');
INSERT INTO "audit_rows" VALUES(118,1795991726118785,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-e826-7814-954b-b37288145cad',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-01T12:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,3],"public":[null,false],"show_link_number":[null,0],"space":[null,"consulting-room"],"starts":[null,"2026-12-01T10:00:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Dr Mehta''s practice"],"contact_phone":[null,"01632 960 225"],"title":[null,"Hearing aid clinic"]},"salt":"ad14549dc74ab1353933f28c68dce1ea"}',X'164C47A6ED9FADC2DA5C380E0D65F2E1FFB939B906B60A9568B81B2441475115',1795991726476918,'soham',13,X'F970C6C3B80039A5F94451251A6CB6AAA6250C700272B0834085D01DAA429CAC');
INSERT INTO "audit_rows" VALUES(119,1795991731163066,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22972-fbdb-7d3c-a5b4-3034f958cf3b and 7 more',NULL,'{"bookings":[null,["01a22972-fbdb-7d3c-a5b4-3034f958cf3b","01a22972-fbdb-746f-a318-dc030d828196","01a22972-fbdb-7a0e-bbea-10c34258ee00","01a22972-fbdb-73a0-8c96-efa62063a143","01a22972-fbdb-7429-afe3-778b2750c4d8","01a22972-fbdb-701a-b6de-1cfdc2127acd","01a22972-fbdb-7f9c-81bd-cb0ece8d4227","01a22972-fbdb-7a68-9a66-bc4faf9b44d9"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991735077562,'ramsey',17,X'C2BF4F56EB374CA56C86BB44E06E53C374C452E96D4F1505B5E92AD8BFB899F0');
INSERT INTO "audit_rows" VALUES(120,1795991736374003,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-1036-76f9-89c5-7665a18bd6e2 and 7 more','brass-band','{"bookings":[null,["01a22973-1036-76f9-89c5-7665a18bd6e2","01a22973-1036-7bff-aa0f-67f6506583bf","01a22973-1036-70dd-91c0-f01bfccd0fe5","01a22973-1036-7b71-b81a-bef92541aa33","01a22973-1036-745f-89a1-29543b87c0fa","01a22973-1036-7404-bb0b-86a44f2ae844","01a22973-1036-7d72-a288-5950eef478b4","01a22973-1036-70b8-b5d7-3de505c0c328"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991738609025,'ramsey',18,X'71F99C645F1134898EEB27D4B0723BF7EEEEDFD7E5CBAE2E63CAAE8DB64465EB');
INSERT INTO "audit_rows" VALUES(121,1795991740023040,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-1e77-7196-8721-7a9048895cb6 and 5 more','family-services','{"bookings":[null,["01a22973-1e77-7196-8721-7a9048895cb6","01a22973-1e77-766b-bcbb-0d185784a2a7","01a22973-1e77-7836-a971-601b1ca5c882","01a22973-1e77-7b2b-8e0f-bc4faa96f67c","01a22973-1e77-79a7-a53a-36048d8470c2","01a22973-1e77-75b9-92e5-46dfcb150865"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991741734364,'ramsey',19,X'D917CA83647D0FC3CE7242704AE4C94B556313F7C651F6AE0F91282006629CA4');
INSERT INTO "audit_rows" VALUES(122,1795991743837283,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-2d5d-7254-b9d0-05eee39df5de and 7 more','great-whyte-choir','{"bookings":[null,["01a22973-2d5d-7254-b9d0-05eee39df5de","01a22973-2d5d-7b51-ab56-456a03433a98","01a22973-2d5d-750e-b790-c541c128c22f","01a22973-2d5d-7f83-9c9e-8ea11cc4ceb9","01a22973-2d5d-73a9-b6f5-817a6d8a0bbc","01a22973-2d5d-7fb4-9cab-69099599f569","01a22973-2d5d-73a6-9a2f-e9c6126358a4","01a22973-2d5d-733a-8fc1-6c6676b665d6"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991746999128,'ramsey',20,X'E5B50AF7D3E3CC442D87ACE232C82E318384D486B4B5B16C734671142CB1BC05');
INSERT INTO "audit_rows" VALUES(123,1795991751245229,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-4a4d-79b8-98e0-a921802b67de and 7 more','pilates-studio','{"bookings":[null,["01a22973-4a4d-79b8-98e0-a921802b67de","01a22973-4a4d-79f1-b4d0-4341ae0b7fee","01a22973-4a4d-7354-9f19-68f2430e831a","01a22973-4a4d-731c-9e53-c103b5706d87","01a22973-4a4d-72d8-b331-4bb7db34aada","01a22973-4a4d-7c61-9741-bd6cacb3ae39","01a22973-4a4d-7bf3-9431-100972b42324","01a22973-4a4d-7da2-a905-dbcc57359d26"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991752690614,'ramsey',21,X'E40C938843839C1C12B1CA02D181779B272BB86B90CE3D646D9A7D6B144F984E');
INSERT INTO "audit_rows" VALUES(124,1795991753262372,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-522e-76d3-aee5-1a0e91a78578 and 7 more','drama-society','{"bookings":[null,["01a22973-522e-76d3-aee5-1a0e91a78578","01a22973-522e-7adc-a5e9-994f4a90451f","01a22973-522e-7e40-a5a7-6c0c611cecc2","01a22973-522e-7aec-8e0d-52f38a60ca65","01a22973-522e-77cb-9511-0f05419e44cc","01a22973-522e-774d-a0ab-a2d009fd7475","01a22973-522e-7ef2-853e-64c84ba4368d","01a22973-522e-7fe1-842b-42adaf01357c"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991754842476,'ramsey',22,X'AE84304093EA29BFEE189B0145DE591355BA824F7C45F49D12C9C463B09D9220');
INSERT INTO "audit_rows" VALUES(125,1795991756329856,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-5e29-7e68-a970-4bff0bff9a41 and 7 more',NULL,'{"bookings":[null,["01a22973-5e29-7e68-a970-4bff0bff9a41","01a22973-5e29-7635-9e89-d826d11beac1","01a22973-5e29-785c-ae73-1da93f7fc3f3","01a22973-5e29-7c4b-85ff-dd4dc79fce9c","01a22973-5e29-78fd-8164-074443ad9a70","01a22973-5e29-74a1-ada4-9b504bcf58bf","01a22973-5e29-7de8-af7d-055c2c11f0e7","01a22973-5e29-79cf-a754-4abdc3c25abc"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991759088814,'ramsey',23,X'C00E8800D8BBE1F12C66B96A9F5D321CFD7E1BCABEBC6D3917FF84DFD088BE1E');
INSERT INTO "audit_rows" VALUES(126,1795991761474293,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-7242-7e2b-aba7-9f6b13bdf635 and 7 more','citizens-advice','{"bookings":[null,["01a22973-7242-7e2b-aba7-9f6b13bdf635","01a22973-7242-7f67-91ff-c6ee2b3a1288","01a22973-7242-7a21-945d-2917a36c6d60","01a22973-7242-7f31-9101-6020a1a8c87e","01a22973-7242-785e-bc8c-8f2f3363939c","01a22973-7242-7998-a961-648506d0541e","01a22973-7242-7bff-92d3-aba148f855cf","01a22973-7242-735f-81c8-c0eb96bc207f"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991764027903,'ramsey',24,X'A644194523FBD08357A164864A831F140F26A9E2670D2E4C03E7473CEF36C7F6');
INSERT INTO "audit_rows" VALUES(127,1795991765473548,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-81e1-7cb4-b337-7c3f12562a06 and 7 more',NULL,'{"bookings":[null,["01a22973-81e1-7cb4-b337-7c3f12562a06","01a22973-81e1-7549-9108-502824afbcb7","01a22973-81e1-7991-9608-e209b0ef7625","01a22973-81e1-76e1-b786-e07baeac95b1","01a22973-81e1-742d-b4d0-25b55ab50504","01a22973-81e1-7200-b015-e06e48cac05e","01a22973-81e1-7135-8018-4eba5b14a5ac","01a22973-81e1-7e9e-8786-a0047027c04d"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991768956646,'ramsey',25,X'C90D7470EDBD7C4B01983E90B52E5FA629FF3E95DAFC8CB99EE2A839B519A6EF');
INSERT INTO "audit_rows" VALUES(128,1795991774778966,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-a63a-7d32-b921-011161781399 and 6 more','job-club','{"bookings":[null,["01a22973-a63a-7d32-b921-011161781399","01a22973-a63a-72b5-90ad-a147e39fdb60","01a22973-a63a-78aa-876b-c52b3bb4f41d","01a22973-a63a-7533-a23a-a1dd706fc98f","01a22973-a63a-7735-a5d4-8e781417008f","01a22973-a63a-748a-8c97-ecac2eab127c","01a22973-a63a-7c7c-b9da-227577b961c0"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991778920135,'ramsey',26,X'05EA81A95E046DD70EDAFE3A17602E291E34CC25127349FE98243A4D1654C942');
INSERT INTO "audit_rows" VALUES(129,1795991781318239,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-bfc6-7aa1-94ec-4eb6dab6b53c and 6 more',NULL,'{"bookings":[null,["01a22973-bfc6-7aa1-94ec-4eb6dab6b53c","01a22973-bfc6-75db-a111-4bd6820ef32d","01a22973-bfc6-7c28-8f21-1acf823103ab","01a22973-bfc6-7401-85e2-ad77387fae47","01a22973-bfc6-78c4-a760-2d227c0dc0be","01a22973-bfc6-7c24-ae64-041b7c57915e","01a22973-bfc6-7cf4-950e-39e18a8ab1b5"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991783320803,'march',70,X'B7AADCA666151973F9CE473518B2BEFDF0EB77986D2C3933C47FD4E0C3BE47E0');
INSERT INTO "audit_rows" VALUES(130,1795991786996224,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-d5f4-7c61-ad4b-0f5876953d16 and 6 more','health-visitors','{"bookings":[null,["01a22973-d5f4-7c61-ad4b-0f5876953d16","01a22973-d5f4-74d4-a6cd-e3869081479c","01a22973-d5f4-75bb-9bdf-5b44a3469901","01a22973-d5f4-7acf-b030-89c9ea06fa96","01a22973-d5f4-787f-bd51-f375e665f60c","01a22973-d5f4-782c-8835-04cb345ca210","01a22973-d5f4-70eb-93e0-0245180b10da"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991789592586,'march',71,X'34B8240E5F386B3B37624BA716592E11E3CE86B6E2A99A77E641BBDF9D8DDBBA');
INSERT INTO "audit_rows" VALUES(131,1795991792352435,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-eae0-7f51-a8e3-498f8e40027c and 4 more',NULL,'{"bookings":[null,["01a22973-eae0-7f51-a8e3-498f8e40027c","01a22973-eae0-7e90-b787-619dc78ffad9","01a22973-eae0-7210-ac29-141f83f5f669","01a22973-eae0-7708-bc32-f11651fa03f7","01a22973-eae0-7547-8c2f-9c4707c89969"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991794832563,'march',72,X'B41787F0740B73917DB52AF668359003AC863C0F3D34FEC53CAD9652C0E280A8');
INSERT INTO "audit_rows" VALUES(132,1795991795387985,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22973-f6bb-75e6-97e1-54341de491e0 and 7 more',NULL,'{"bookings":[null,["01a22973-f6bb-75e6-97e1-54341de491e0","01a22973-f6bb-72b0-9dd1-0ff4d45ffccc","01a22973-f6bb-790e-80f6-ac95e4914883","01a22973-f6bb-7f6f-8b57-6eb767873ce9","01a22973-f6bb-7a39-9cff-1f296cd989c9","01a22973-f6bb-71d9-a873-aff5c2815936","01a22973-f6bb-74be-952b-f3433e1e2fef","01a22973-f6bb-7849-ab82-f76e81edc0aa"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991800826344,'soham',14,X'0478F68AD37C69F7DB744408C69533E9F46784BCA1B90B1482DD0FB909F3873C');
INSERT INTO "audit_rows" VALUES(133,1795991802206878,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-115e-72dc-b433-fbf979ea4acf and 7 more','scouts','{"bookings":[null,["01a22974-115e-72dc-b433-fbf979ea4acf","01a22974-115e-7758-a2c9-b5544d140ec5","01a22974-115e-7a5d-bb08-5c68ecd8f656","01a22974-115e-7fed-8daa-aebf5d855a7d","01a22974-115e-7013-ab78-9bbe77a46efb","01a22974-115e-7df0-b981-082b719a4651","01a22974-115e-7ef0-99af-7689c69500f8","01a22974-115e-7574-a176-6572b86bd80e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991803979849,'soham',15,X'5605D100115284E259741E0C62EA8D6934E69535485724316326E88339914685');
INSERT INTO "audit_rows" VALUES(134,1795991806300300,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-215c-7554-8ed7-1de0bc5dc0b3 and 6 more',NULL,'{"bookings":[null,["01a22974-215c-7554-8ed7-1de0bc5dc0b3","01a22974-215c-762a-8197-71bc9789a4ea","01a22974-215c-7788-908c-0fdace3e386e","01a22974-215c-7478-9427-c2e4d879d6e8","01a22974-215c-7585-b3a2-943777a76950","01a22974-215c-75bc-bfca-0ad92a2a209a","01a22974-215c-72af-b510-94748e7cc3f9"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991808884429,'soham',16,X'480C38DF82D28ACFBE2CB71FCA0A80F34D6A2727B418B23D1662F57D06DDDDA4');
INSERT INTO "audit_rows" VALUES(135,1795991809438768,'soham','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-2d9e-700c-ae08-877b36d41fcb and 6 more','post-office','{"bookings":[null,["01a22974-2d9e-700c-ae08-877b36d41fcb","01a22974-2d9e-7e7e-b745-bc4ca501f9df","01a22974-2d9e-7a41-a3b2-260442f260d9","01a22974-2d9e-7427-850c-b363618315a9","01a22974-2d9e-7b5f-bb7f-2937fadb6755","01a22974-2d9e-7863-9580-296219c29b29","01a22974-2d9e-71f0-94a4-36e15a8d2a86"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991809940202,'soham',17,X'B1C6C43C704319423A8A8E7FEED6AB697C827AAAFD626E98460464E15A8F4FAD');
INSERT INTO "audit_rows" VALUES(136,1795991810710443,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-3296-7834-be48-6817bead03bf and 6 more',NULL,'{"bookings":[null,["01a22974-3296-7834-be48-6817bead03bf","01a22974-3296-7a3c-ad37-0e0abb56c0cf","01a22974-3296-7306-aff1-5038b8a0c78f","01a22974-3296-74f9-ad21-32aaba84e013","01a22974-3296-70ef-af6b-279368656711","01a22974-3296-7ad1-8a86-5bfa63b08c7d","01a22974-3296-793e-bdd6-39547c9a19e6"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991812074759,'ramsey',27,X'3FEEB5EC0F4831E50AF310B38D51B128E822E583341EB8C80919775EFA04B7DE');
INSERT INTO "audit_rows" VALUES(137,1795991813512381,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-3d88-72d5-95fc-160097bf662d','fenland-fairs','{"counted_in":[null,0],"ends":[null,"2026-12-05T17:30:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"occurrence":[null,"2026-12-05T14:30:00"],"overruled":[null,false],"party":[null,"fenland-fairs"],"people":[null,40],"public":[null,false],"series_id":[null,"01a22974-3d88-7d14-a327-9b09f5bf80af"],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-05T14:30:00Z"],"state":[null,"requested"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Gordon Pike"],"contact_phone":[null,"01632 960 228"],"title":[null,"Makers'' market"]},"salt":"251d965dffd4331b02c40a768f58a1ed","why":"requested although the time is taken"}',X'B8C984FD6EDA3A0F03E92F09443AABE112DBF6C100C59E3804D730D6837B0C7F',1795991819768976,'ramsey',28,X'66ACCF55E98DECFC20C38B8F17724FF47D3C822502EA7AD0961A244C040D2732');
INSERT INTO "audit_rows" VALUES(138,1795991813512381,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-3d88-7442-baca-1c0c8315b826 and 2 more','fenland-fairs','{"bookings":[null,["01a22974-3d88-7442-baca-1c0c8315b826","01a22974-3d88-7523-be97-22957a31c881","01a22974-3d88-7ba6-a0c0-3933acece319"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991819768976,'ramsey',29,X'F603E54B8A9DECD9500CE7DDF812FB4F19F65F935A97C3CA6FD8E2DB2199F71A');
INSERT INTO "audit_rows" VALUES(139,1795991824250681,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-677a-75f7-b4dd-fdb6e62143e1 and 7 more','county-council','{"bookings":[null,["01a22974-677a-75f7-b4dd-fdb6e62143e1","01a22974-677a-77c9-a13e-ff00f68da3d7","01a22974-677a-737a-b41e-228592a25644","01a22974-677a-7a25-b583-8f6e8a013097","01a22974-677a-716f-a515-d26c71d0643c","01a22974-677a-7cd2-9ecf-4c0eafa37c20","01a22974-677a-7d48-8f97-9d2ef0ba3526","01a22974-677a-7c64-8224-9f8fe9dbae4e"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991827046072,'ramsey',30,X'662E7719EA14EB7B8C8F838D9D3F2E3EB72F0B4F2081B1F7645DF51F316A7C3F');
INSERT INTO "audit_rows" VALUES(140,1795991829156467,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-7aa4-7d93-b5fb-f8c7d4e3a306 and 5 more','family-services','{"bookings":[null,["01a22974-7aa4-7d93-b5fb-f8c7d4e3a306","01a22974-7aa4-715b-9457-8ea36fce20ad","01a22974-7aa4-7ecd-b2bc-4b53417f533f","01a22974-7aa4-787c-9ac1-6a0d7fa79f6c","01a22974-7aa4-7fae-95b0-caa818f952c1","01a22974-7aa4-7855-8b24-2da495b48871"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991831569870,'march',73,X'0ED6EC1856FD5DF3932ECA36D7F5E34045001E6EC090BEF841F917D18A6883C0');
INSERT INTO "audit_rows" VALUES(141,1795991835089967,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-91d1-7051-be2f-729b0a933644 and 5 more',NULL,'{"bookings":[null,["01a22974-91d1-7051-be2f-729b0a933644","01a22974-91d1-74b0-8f22-be17a0c4bb29","01a22974-91d1-79ec-ab17-1db40f55c05b","01a22974-91d1-75e4-9fe1-e5715be1053e","01a22974-91d1-77fa-832b-120d30ea9cfb","01a22974-91d1-794d-9aed-4115f3ef7e44"]]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991837747177,'march',74,X'0F5FC6E98C68588CE006D31F5E3AA6D5643A5CED0CA4B9B2B54BC70996282EB2');
INSERT INTO "audit_rows" VALUES(142,1795991838426646,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-9eda-73b9-a872-58d3d2f0e957','model-railway','{"counted_in":[null,0],"ends":[null,"2026-12-19T13:30:00Z"],"held_until":[null,"2026-12-19T09:00:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"party":[null,"model-railway"],"people":[null,60],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-19T09:00:00Z"],"state":[null,"held"],"under_16s":[null,true]}','{"changes":{"contact_name":[null,"Pauline Rowe"],"contact_phone":[null,"01632 960 226"],"notes":[null,"Lorry at the front door from 08:30."],"title":[null,"Model railway exhibition"]},"salt":"601cbe46c96d53ceb996a94d2501bf20","why":"needs approval: for more than 40 people, with under-16s and longer than 3 hours, which “Community evenings” does not confirm at once"}',X'BD7FD18A68B0601ADD532E6ACDE2FC479CB8E7C5A40982033B93C89CDD587A5B',1795991840128153,'ramsey',31,X'D56B397F7A205B9A274FFE2B7F9D9047B653574C7E1394B2259EF6F130AEFFE7');
INSERT INTO "audit_rows" VALUES(143,1795991842155423,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-ad6b-7dce-88b3-bd5e03f9dc73','fenland-fairs','{"counted_in":[null,0],"ends":[null,"2026-12-27T19:00:00Z"],"equipment":[null,[{"count":1,"equipment":"projector"}]],"held_until":[null,"2026-12-27T14:00:00Z"],"layout":[null,"cabaret"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"party":[null,"fenland-fairs"],"people":[null,70],"public":[null,false],"show_link_number":[null,0],"space":[null,"hall"],"starts":[null,"2026-12-27T14:00:00Z"],"state":[null,"held"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Gordon Pike"],"contact_phone":[null,"01632 960 228"],"title":[null,"Wedding fair"]},"salt":"567b1fcf6ec9b245318cbdcae2c425ce","why":"needs approval: no rule confirms bookings of Main hall at once for commercial hirers"}',X'A16D0966D27DAB5585996B9D2D90987C899CA32608EAB927883450B0A1A36083',1795991843761875,'ramsey',32,X'9ED2C5E7B36516F1E48244E26608F2DAA6E6ED42C699853D307684208292447C');
INSERT INTO "audit_rows" VALUES(144,1795991844679200,'march','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-b747-7595-ae59-7fa7ac8e0bad',NULL,'{"counted_in":[null,0],"ends":[null,"2026-12-13T21:30:00Z"],"equipment":[null,[{"count":1,"equipment":"projector"}]],"held_until":[null,"2026-12-02T22:37:24.679200Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,45],"public":[null,false],"show_link_number":[null,0],"space":[null,"library-floor"],"starts":[null,"2026-12-13T18:30:00Z"],"state":[null,"held"],"under_16s":[null,false]}','{"changes":{"contact_name":[null,"Carl Osei"],"contact_phone":[null,"01632 960 222"],"title":[null,"Film night between the shelves"]},"salt":"e6ff6df6dfe21a1d8efdeacf6f2e3ae4","why":"needs approval: no rule confirms bookings of Library floor, shelves away at once for community groups"}',X'286C61F218AAACC4F8957F5700967FE164F3520B5F29CCC340798CE7081240B3',1795991845290958,'march',75,X'633AA19AA19ACD2079B1445C091689B2B536F9B11743EB2AAC20FAA7475A11D1');
INSERT INTO "audit_rows" VALUES(145,1795991850105459,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','wait','wait 01a22974-cc79-7252-88b6-b6cd925116a2',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991853145321,'ramsey',33,X'A6314D7A5B2CF1666BE474A4C3696AB630B18BE5999CD9E1FA63F65B6052FC88');
INSERT INTO "audit_rows" VALUES(146,1795991856102492,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','book','booking 01a22974-e3e6-785c-94c5-cbe283631a86',NULL,'{"counted_in":[null,0],"ends":[null,"2026-11-30T06:45:00Z"],"manage_link_number":[null,0],"maybe_in":[null,0],"overruled":[null,false],"people":[null,2],"public":[null,false],"show_link_number":[null,0],"space":[null,"studio"],"starts":[null,"2026-11-29T22:30:00Z"],"state":[null,"confirmed"],"under_16s":[null,false]}','{"changes":{"contact_email":[null,"you@example.org"],"contact_name":[null,"You"],"title":[null,"Try the front door"]},"salt":"75245f487352a47824f8aea4eb4bfc21"}',X'1D97689248834B8A8ABB4BF1615E59DD3E04A7450502AAAE7E15B8F07D393F14',1795991857258324,'ramsey',34,X'2573706136FED5897ED4920036EC3965B1DF9FB3CB3B1AA783D250D5505D3324');
INSERT INTO "audit_rows" VALUES(147,1795991865740641,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','see the code','booking 01a22974-e3e6-785c-94c5-cbe283631a86',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795991867910871,'ramsey',35,X'0C688A1F762A4DAEED14231F1CD46D1236F180073F6F15303A5CD440D3D8F595');
INSERT INTO "audit_rows" VALUES(148,1795992009983182,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','','web','sign in','user 01a22970-db6b-7147-a8c3-4a17e86dc65b',NULL,'{"method":[null,"password"]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795992010152206,'',21,X'7250FFF4638EC865D75CE0A2E149B41A381E32466D6AF0C9ED971C645F2DC7CC');
INSERT INTO "audit_rows" VALUES(149,1795992012761783,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','lock down','door front-door',NULL,'{"ends":[null,"2026-11-30T02:40:12.761783+00:00"],"starts":[null,"2026-11-29T22:40:12.761783+00:00"]}','{"salt":"2a83377a7d8dfd2294910b5abf2d954e","why":"drill"}',X'4507926908C835893BBCDCBB49DA69586E4B5E6EEE68A59F3AB3A456C1C62AE3',1795992013357612,'ramsey',36,X'05CA8E239A2DDE11ACA9AD943812FB78577A2D9C5D440DDBB0E2BC6DDF7643E8');
INSERT INTO "audit_rows" VALUES(150,1795992014729314,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','change the signing key','controller',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795992015746882,'',22,X'F40B3FA0EEC5B650E37D6AB1BB4FA1EDD5AFCADD3FFCCB0464D5479C99A4659D');
INSERT INTO "audit_rows" VALUES(151,1795992054650251,NULL,NULL,'the controller','controller','forget the old signing key','controller',NULL,'',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795992056034775,'',23,X'D448B427BB2382AB867658D8D005194E3B41C86A20B70D88459497A53862C781');
INSERT INTO "audit_rows" VALUES(152,1795992206236804,NULL,'01a22970-db6b-7147-a8c3-4a17e86dc65b','','web','sign in','user 01a22970-db6b-7147-a8c3-4a17e86dc65b',NULL,'{"method":[null,"password"]}',NULL,X'0000000000000000000000000000000000000000000000000000000000000000',1795992206694448,'',24,X'C591654BA723EFDE272B824DB3BE58C110E3E46C070A4C406A3EBCB40220AFB9');
INSERT INTO "audit_rows" VALUES(153,1795992209733742,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','unlock','door front-door',NULL,'','{"salt":"cb62b8f4be6314376c059df344ca9a86","why":"test"}',X'0C1D9F368331AEFF8564898848D8E95E9FF0E5CDFC54D9D98F8044E36DE393FD',1795992209816308,'ramsey',37,X'54CDF444ACC71789E1B5344B668531E228971DCAD33E116B9000EE784BC725BC');
INSERT INTO "audit_rows" VALUES(154,1795992214739992,'ramsey','01a22970-db6b-7147-a8c3-4a17e86dc65b','','api','self-test','edge ramsey-pi',NULL,'','{"salt":"f62bd6b3f8cc4bc5709257d1cb88ed75","why":"test"}',X'3B47B8B87511579B681F33CBA85C2B7E0EB85CC6557522B25D78E6785AE5ABAA',1795992215074052,'ramsey',38,X'07E3E4EA325187331BF9CBD8B851A4B81C04D252B1ECAE92EA1FD346BDF046EA');
CREATE TABLE booking_log (
	id INTEGER NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	at INTEGER NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	what VARCHAR(40) NOT NULL, 
	why VARCHAR(2000) NOT NULL, 
	CONSTRAINT pk_booking_log PRIMARY KEY (id), 
	CONSTRAINT fk_booking_log_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "booking_log" VALUES(366,'01a22972-db56-743f-83a4-dbad55232980',1795991722838429,'warden','book','');
INSERT INTO "booking_log" VALUES(367,'01a22972-dc28-7806-9b5c-a52c0f5827a4',1795991723048391,'warden','book','');
INSERT INTO "booking_log" VALUES(368,'01a22972-dcab-7334-9503-65d32f15f9bf',1795991723179992,'warden','book','');
INSERT INTO "booking_log" VALUES(374,'01a22972-fbdb-7d3c-a5b4-3034f958cf3b',1795991731163066,'warden','book','');
INSERT INTO "booking_log" VALUES(375,'01a22972-fbdb-746f-a318-dc030d828196',1795991731163066,'warden','book','');
INSERT INTO "booking_log" VALUES(376,'01a22972-fbdb-7a0e-bbea-10c34258ee00',1795991731163066,'warden','book','');
INSERT INTO "booking_log" VALUES(382,'01a22973-1036-76f9-89c5-7665a18bd6e2',1795991736374003,'warden','book','');
INSERT INTO "booking_log" VALUES(383,'01a22973-1036-7bff-aa0f-67f6506583bf',1795991736374003,'warden','book','');
INSERT INTO "booking_log" VALUES(384,'01a22973-1036-70dd-91c0-f01bfccd0fe5',1795991736374003,'warden','book','');
INSERT INTO "booking_log" VALUES(390,'01a22973-1e77-7196-8721-7a9048895cb6',1795991740023040,'warden','book','');
INSERT INTO "booking_log" VALUES(391,'01a22973-1e77-766b-bcbb-0d185784a2a7',1795991740023040,'warden','book','');
INSERT INTO "booking_log" VALUES(392,'01a22973-1e77-7836-a971-601b1ca5c882',1795991740023040,'warden','book','');
INSERT INTO "booking_log" VALUES(396,'01a22973-2d5d-7254-b9d0-05eee39df5de',1795991743837283,'warden','book','');
INSERT INTO "booking_log" VALUES(397,'01a22973-2d5d-7b51-ab56-456a03433a98',1795991743837283,'warden','book','');
INSERT INTO "booking_log" VALUES(398,'01a22973-2d5d-750e-b790-c541c128c22f',1795991743837283,'warden','book','');
INSERT INTO "booking_log" VALUES(404,'01a22973-4a4d-79b8-98e0-a921802b67de',1795991751245229,'warden','book','');
INSERT INTO "booking_log" VALUES(405,'01a22973-4a4d-79f1-b4d0-4341ae0b7fee',1795991751245229,'warden','book','');
INSERT INTO "booking_log" VALUES(406,'01a22973-4a4d-7354-9f19-68f2430e831a',1795991751245229,'warden','book','');
INSERT INTO "booking_log" VALUES(412,'01a22973-522e-76d3-aee5-1a0e91a78578',1795991753262372,'warden','book','');
INSERT INTO "booking_log" VALUES(413,'01a22973-522e-7adc-a5e9-994f4a90451f',1795991753262372,'warden','book','');
INSERT INTO "booking_log" VALUES(414,'01a22973-522e-7e40-a5a7-6c0c611cecc2',1795991753262372,'warden','book','');
INSERT INTO "booking_log" VALUES(420,'01a22973-5e29-7e68-a970-4bff0bff9a41',1795991756329856,'warden','book','');
INSERT INTO "booking_log" VALUES(421,'01a22973-5e29-7635-9e89-d826d11beac1',1795991756329856,'warden','book','');
INSERT INTO "booking_log" VALUES(428,'01a22973-7242-7e2b-aba7-9f6b13bdf635',1795991761474293,'warden','book','');
INSERT INTO "booking_log" VALUES(429,'01a22973-7242-7f67-91ff-c6ee2b3a1288',1795991761474293,'warden','book','');
INSERT INTO "booking_log" VALUES(430,'01a22973-7242-7a21-945d-2917a36c6d60',1795991761474293,'warden','book','');
INSERT INTO "booking_log" VALUES(436,'01a22973-81e1-7cb4-b337-7c3f12562a06',1795991765473548,'warden','book','');
INSERT INTO "booking_log" VALUES(437,'01a22973-81e1-7549-9108-502824afbcb7',1795991765473548,'warden','book','');
INSERT INTO "booking_log" VALUES(438,'01a22973-81e1-7991-9608-e209b0ef7625',1795991765473548,'warden','book','');
INSERT INTO "booking_log" VALUES(444,'01a22973-a63a-7d32-b921-011161781399',1795991774778966,'warden','book','');
INSERT INTO "booking_log" VALUES(445,'01a22973-a63a-72b5-90ad-a147e39fdb60',1795991774778966,'warden','book','');
INSERT INTO "booking_log" VALUES(500,'01a22974-3296-7834-be48-6817bead03bf',1795991810710443,'warden','book','');
INSERT INTO "booking_log" VALUES(501,'01a22974-3296-7a3c-ad37-0e0abb56c0cf',1795991810710443,'warden','book','');
INSERT INTO "booking_log" VALUES(507,'01a22974-3d88-72d5-95fc-160097bf662d',1795991813512381,'warden','book','requested although the time is taken');
INSERT INTO "booking_log" VALUES(511,'01a22974-677a-75f7-b4dd-fdb6e62143e1',1795991824250681,'warden','book','');
INSERT INTO "booking_log" VALUES(512,'01a22974-677a-77c9-a13e-ff00f68da3d7',1795991824250681,'warden','book','');
INSERT INTO "booking_log" VALUES(513,'01a22974-677a-737a-b41e-228592a25644',1795991824250681,'warden','book','');
INSERT INTO "booking_log" VALUES(531,'01a22974-9eda-73b9-a872-58d3d2f0e957',1795991838426646,'warden','book','needs approval: for more than 40 people, with under-16s and longer than 3 hours, which “Community evenings” does not confirm at once');
INSERT INTO "booking_log" VALUES(532,'01a22974-ad6b-7dce-88b3-bd5e03f9dc73',1795991842155423,'warden','book','needs approval: no rule confirms bookings of Main hall at once for commercial hirers');
INSERT INTO "booking_log" VALUES(534,'01a22974-e3e6-785c-94c5-cbe283631a86',1795991856102492,'warden','book','');
CREATE TABLE bookings (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	series_id VARCHAR(36), 
	title VARCHAR(200) NOT NULL, 
	contact_name VARCHAR(200) NOT NULL, 
	contact_phone VARCHAR(200) NOT NULL, 
	people INTEGER, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	state VARCHAR(12) DEFAULT 'confirmed' NOT NULL, 
	state_at INTEGER, 
	held_until INTEGER, 
	state_before VARCHAR(12), 
	ends_before INTEGER, 
	party VARCHAR(40), 
	contact_email VARCHAR(200) DEFAULT '' NOT NULL, 
	key_holder VARCHAR(200) DEFAULT '' NOT NULL, 
	under_16s BOOLEAN DEFAULT 0 NOT NULL, 
	public BOOLEAN DEFAULT 0 NOT NULL, 
	notes VARCHAR(2000) DEFAULT '' NOT NULL, 
	layout VARCHAR(40), 
	seats INTEGER, 
	equipment VARCHAR(2000) DEFAULT '{}' NOT NULL, 
	setup_min INTEGER, 
	cleardown_min INTEGER, 
	overruled BOOLEAN DEFAULT 0 NOT NULL, 
	occurrence VARCHAR(19), 
	changed_here VARCHAR(200) DEFAULT '' NOT NULL, 
	diary VARCHAR(200) DEFAULT '' NOT NULL, 
	arrived_how VARCHAR(10) DEFAULT '' NOT NULL, 
	release_warned_at INTEGER, 
	let_in_at INTEGER, 
	let_in_door VARCHAR(40), 
	arrived_at INTEGER, 
	counted_in INTEGER NOT NULL, 
	maybe_in INTEGER DEFAULT '0' NOT NULL, 
	manage_link_number INTEGER DEFAULT '0' NOT NULL, 
	show_link_number INTEGER DEFAULT '0' NOT NULL, 
	created_at INTEGER NOT NULL, 
	created_by VARCHAR(200) NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_bookings PRIMARY KEY (id), 
	CONSTRAINT fk_bookings_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id), 
	CONSTRAINT ck_bookings_window CHECK (ends > starts), 
	CONSTRAINT ck_bookings_counted_in CHECK (counted_in >= 0), 
	CONSTRAINT fk_bookings_series_id FOREIGN KEY(series_id) REFERENCES series (id)
);
INSERT INTO "bookings" VALUES('01a22972-db56-743f-83a4-dbad55232980','ramsey','hall',NULL,'Planning exhibition','Town Council office','01632 960 218',30,1796299200000000,1796317200000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,NULL,'','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991722838429,'warden',1795991722838429,'warden',1);
INSERT INTO "bookings" VALUES('01a22972-dc28-7806-9b5c-a52c0f5827a4','ramsey','hall',NULL,'Birthday party','Hannah Lowe','01632 960 219',30,1796481000000000,1796491800000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,NULL,'','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991723048391,'warden',1795991723048391,'warden',1);
INSERT INTO "bookings" VALUES('01a22972-dcab-7334-9503-65d32f15f9bf','ramsey','meeting-room',NULL,'Allotment society committee','Bill Tansley','01632 960 220',7,1796239800000000,1796245200000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,NULL,'','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991723179992,'warden',1795991723179992,'warden',1);
INSERT INTO "bookings" VALUES('01a22972-fbdb-7d3c-a5b4-3034f958cf3b','ramsey','hall','01a22972-fbdb-746d-b9cf-e530043744f2','Tai chi for beginners','Joan Petrie','01632 960 201',14,1796032800000000,1796036400000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-11-30T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991731163066,'warden',1795991731163066,'warden',1);
INSERT INTO "bookings" VALUES('01a22972-fbdb-746f-a318-dc030d828196','ramsey','hall','01a22972-fbdb-746d-b9cf-e530043744f2','Tai chi for beginners','Joan Petrie','01632 960 201',14,1796637600000000,1796641200000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-07T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991731163066,'warden',1795991731163066,'warden',1);
INSERT INTO "bookings" VALUES('01a22972-fbdb-7a0e-bbea-10c34258ee00','ramsey','hall','01a22972-fbdb-746d-b9cf-e530043744f2','Tai chi for beginners','Joan Petrie','01632 960 201',14,1797242400000000,1797246000000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-14T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991731163066,'warden',1795991731163066,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1036-76f9-89c5-7665a18bd6e2','ramsey','hall','01a22973-1036-72df-8977-dd57df410641','Brass band practice','Colin Dent','01632 960 202',22,1796067000000000,1796074200000000,'confirmed',NULL,NULL,NULL,NULL,'brass-band','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-11-30T19:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991736374003,'warden',1795991736374003,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1036-7bff-aa0f-67f6506583bf','ramsey','hall','01a22973-1036-72df-8977-dd57df410641','Brass band practice','Colin Dent','01632 960 202',22,1796671800000000,1796679000000000,'confirmed',NULL,NULL,NULL,NULL,'brass-band','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-07T19:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991736374003,'warden',1795991736374003,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1036-70dd-91c0-f01bfccd0fe5','ramsey','hall','01a22973-1036-72df-8977-dd57df410641','Brass band practice','Colin Dent','01632 960 202',22,1797276600000000,1797283800000000,'confirmed',NULL,NULL,NULL,NULL,'brass-band','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-14T19:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991736374003,'warden',1795991736374003,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1e77-7196-8721-7a9048895cb6','ramsey','hall','01a22973-1e77-7cb2-ada8-810cc907a270','Baby rhyme time','Priya Nair','01632 960 203',24,1796121000000000,1796123700000000,'confirmed',NULL,NULL,NULL,NULL,'family-services','','',1,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-01T10:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991740023040,'warden',1795991740023040,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1e77-766b-bcbb-0d185784a2a7','ramsey','hall','01a22973-1e77-7cb2-ada8-810cc907a270','Baby rhyme time','Priya Nair','01632 960 203',24,1796725800000000,1796728500000000,'confirmed',NULL,NULL,NULL,NULL,'family-services','','',1,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-08T10:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991740023040,'warden',1795991740023040,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-1e77-7836-a971-601b1ca5c882','ramsey','hall','01a22973-1e77-7cb2-ada8-810cc907a270','Baby rhyme time','Priya Nair','01632 960 203',24,1797330600000000,1797333300000000,'confirmed',NULL,NULL,NULL,NULL,'family-services','','',1,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-15T10:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991740023040,'warden',1795991740023040,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey','hall','01a22973-2d5d-700e-905e-bbdcbee5dc9c','Great Whyte Choir','Ruth Allen','01632 960 204',36,1796238000000000,1796245200000000,'confirmed',NULL,NULL,NULL,NULL,'great-whyte-choir','','',0,0,'','theatre',NULL,'{"piano":1}',NULL,NULL,0,'2026-12-02T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991743837283,'warden',1795991743837283,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-2d5d-7b51-ab56-456a03433a98','ramsey','hall','01a22973-2d5d-700e-905e-bbdcbee5dc9c','Great Whyte Choir','Ruth Allen','01632 960 204',36,1796842800000000,1796850000000000,'confirmed',NULL,NULL,NULL,NULL,'great-whyte-choir','','',0,0,'','theatre',NULL,'{"piano":1}',NULL,NULL,0,'2026-12-09T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991743837283,'warden',1795991743837283,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-2d5d-750e-b790-c541c128c22f','ramsey','hall','01a22973-2d5d-700e-905e-bbdcbee5dc9c','Great Whyte Choir','Ruth Allen','01632 960 204',36,1797447600000000,1797454800000000,'confirmed',NULL,NULL,NULL,NULL,'great-whyte-choir','','',0,0,'','theatre',NULL,'{"piano":1}',NULL,NULL,0,'2026-12-16T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991743837283,'warden',1795991743837283,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-4a4d-79b8-98e0-a921802b67de','ramsey','hall','01a22973-4a4d-77be-85f4-12e501b6cd00','Pilates','Ania Kowalska','01632 960 205',16,1796320800000000,1796324400000000,'confirmed',NULL,NULL,NULL,NULL,'pilates-studio','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-03T18:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991751245229,'warden',1795991751245229,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-4a4d-79f1-b4d0-4341ae0b7fee','ramsey','hall','01a22973-4a4d-77be-85f4-12e501b6cd00','Pilates','Ania Kowalska','01632 960 205',16,1796925600000000,1796929200000000,'confirmed',NULL,NULL,NULL,NULL,'pilates-studio','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-10T18:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991751245229,'warden',1795991751245229,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-4a4d-7354-9f19-68f2430e831a','ramsey','hall','01a22973-4a4d-77be-85f4-12e501b6cd00','Pilates','Ania Kowalska','01632 960 205',16,1797530400000000,1797534000000000,'confirmed',NULL,NULL,NULL,NULL,'pilates-studio','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-17T18:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991751245229,'warden',1795991751245229,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-522e-76d3-aee5-1a0e91a78578','ramsey','hall','01a22973-522e-73af-93b0-fae5fe0d9f87','Drama society','Marcus Bell','01632 960 206',18,1796410800000000,1796421600000000,'confirmed',NULL,NULL,NULL,NULL,'drama-society','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-04T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991753262372,'warden',1795991753262372,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-522e-7adc-a5e9-994f4a90451f','ramsey','hall','01a22973-522e-73af-93b0-fae5fe0d9f87','Drama society','Marcus Bell','01632 960 206',18,1797015600000000,1797026400000000,'confirmed',NULL,NULL,NULL,NULL,'drama-society','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-11T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991753262372,'warden',1795991753262372,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-522e-7e40-a5a7-6c0c611cecc2','ramsey','hall','01a22973-522e-73af-93b0-fae5fe0d9f87','Drama society','Marcus Bell','01632 960 206',18,1797620400000000,1797631200000000,'confirmed',NULL,NULL,NULL,NULL,'drama-society','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-18T19:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991753262372,'warden',1795991753262372,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey','hall','01a22973-5e29-79fb-8e6f-6ba6b7d3f17b','Sunday fellowship','Grace Adeyemi','01632 960 207',40,1796551200000000,1796560200000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'','theatre',NULL,'{"chairs":50}',NULL,NULL,0,'2026-12-06T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991756329856,'warden',1795991756329856,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-5e29-7635-9e89-d826d11beac1','ramsey','hall','01a22973-5e29-79fb-8e6f-6ba6b7d3f17b','Sunday fellowship','Grace Adeyemi','01632 960 207',40,1797156000000000,1797165000000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'','theatre',NULL,'{"chairs":50}',NULL,NULL,0,'2026-12-13T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991756329856,'warden',1795991756329856,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey','meeting-room','01a22973-7242-778a-b4e1-1299e8afdd4a','Citizens Advice','Tom Hargreaves','01632 960 208',5,1796130000000000,1796140800000000,'confirmed',NULL,NULL,NULL,NULL,'citizens-advice','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-01T13:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991761474293,'warden',1795991761474293,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey','meeting-room','01a22973-7242-778a-b4e1-1299e8afdd4a','Citizens Advice','Tom Hargreaves','01632 960 208',5,1796734800000000,1796745600000000,'confirmed',NULL,NULL,NULL,NULL,'citizens-advice','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-08T13:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991761474293,'warden',1795991761474293,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-7242-7a21-945d-2917a36c6d60','ramsey','meeting-room','01a22973-7242-778a-b4e1-1299e8afdd4a','Citizens Advice','Tom Hargreaves','01632 960 208',5,1797339600000000,1797350400000000,'confirmed',NULL,NULL,NULL,NULL,'citizens-advice','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-15T13:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991761474293,'warden',1795991761474293,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey','meeting-room','01a22973-81e1-7574-9644-792a4448ea61','Knit and natter','Sheila Crowe','01632 960 209',10,1796306400000000,1796313600000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'','circle',NULL,'{}',NULL,NULL,0,'2026-12-03T14:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991765473548,'warden',1795991765473548,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-81e1-7549-9108-502824afbcb7','ramsey','meeting-room','01a22973-81e1-7574-9644-792a4448ea61','Knit and natter','Sheila Crowe','01632 960 209',10,1796911200000000,1796918400000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'','circle',NULL,'{}',NULL,NULL,0,'2026-12-10T14:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991765473548,'warden',1795991765473548,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-81e1-7991-9608-e209b0ef7625','ramsey','meeting-room','01a22973-81e1-7574-9644-792a4448ea61','Knit and natter','Sheila Crowe','01632 960 209',10,1797516000000000,1797523200000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'','circle',NULL,'{}',NULL,NULL,0,'2026-12-17T14:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991765473548,'warden',1795991765473548,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-a63a-7d32-b921-011161781399','ramsey','meeting-room','01a22973-a63a-730b-9757-38f95baa386b','Job club','Dev Patel','01632 960 210',9,1796378400000000,1796385600000000,'confirmed',NULL,NULL,NULL,NULL,'job-club','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-04T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991774778966,'warden',1795991774778966,'warden',1);
INSERT INTO "bookings" VALUES('01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey','meeting-room','01a22973-a63a-730b-9757-38f95baa386b','Job club','Dev Patel','01632 960 210',9,1797588000000000,1797595200000000,'confirmed',NULL,NULL,NULL,NULL,'job-club','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-18T10:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991774778966,'warden',1795991774778966,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-3296-7834-be48-6817bead03bf','ramsey','hall-west','01a22974-3296-77df-acbe-acbb33b29721','Sewing bee','Wanda Ives','01632 960 229',12,1796914800000000,1796923800000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-10T15:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991810710443,'warden',1795991810710443,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-3296-7a3c-ad37-0e0abb56c0cf','ramsey','hall-west','01a22974-3296-77df-acbe-acbb33b29721','Sewing bee','Wanda Ives','01632 960 229',12,1797519600000000,1797528600000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-17T15:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991810710443,'warden',1795991810710443,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-3d88-72d5-95fc-160097bf662d','ramsey','hall','01a22974-3d88-7d14-a327-9b09f5bf80af','Makers'' market','Gordon Pike','01632 960 228',40,1796481000000000,1796491800000000,'requested',NULL,NULL,NULL,NULL,'fenland-fairs','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-05T14:30:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991813512381,'warden',1795991813512381,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-677a-75f7-b4dd-fdb6e62143e1','ramsey','desks','01a22974-677a-7a78-bfd7-2932875cd206','Adult learning tutors','Bookings office','01632 960 200',3,1796115600000000,1796137200000000,'confirmed',NULL,NULL,NULL,NULL,'county-council','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-01T09:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991824250681,'warden',1795991824250681,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-677a-77c9-a13e-ff00f68da3d7','ramsey','desks','01a22974-677a-7a78-bfd7-2932875cd206','Adult learning tutors','Bookings office','01632 960 200',3,1796720400000000,1796742000000000,'confirmed',NULL,NULL,NULL,NULL,'county-council','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-08T09:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991824250681,'warden',1795991824250681,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-677a-737a-b41e-228592a25644','ramsey','desks','01a22974-677a-7a78-bfd7-2932875cd206','Adult learning tutors','Bookings office','01632 960 200',3,1797325200000000,1797346800000000,'confirmed',NULL,NULL,NULL,NULL,'county-council','','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,'2026-12-15T09:00:00','','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991824250681,'warden',1795991824250681,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-9eda-73b9-a872-58d3d2f0e957','ramsey','hall',NULL,'Model railway exhibition','Pauline Rowe','01632 960 226',60,1797670800000000,1797687000000000,'held',NULL,1797670800000000,NULL,NULL,'model-railway','','',1,0,'Lorry at the front door from 08:30.',NULL,NULL,'{}',NULL,NULL,0,NULL,'','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991838426646,'warden',1795991838426646,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-ad6b-7dce-88b3-bd5e03f9dc73','ramsey','hall',NULL,'Wedding fair','Gordon Pike','01632 960 228',70,1798380000000000,1798398000000000,'held',NULL,1798380000000000,NULL,NULL,'fenland-fairs','','',0,0,'','cabaret',NULL,'{"projector":1}',NULL,NULL,0,NULL,'','','',NULL,NULL,NULL,NULL,0,0,0,0,1795991842155423,'warden',1795991842155423,'warden',1);
INSERT INTO "bookings" VALUES('01a22974-e3e6-785c-94c5-cbe283631a86','ramsey','studio',NULL,'Try the front door','You','',2,1795991400000000,1796021100000000,'confirmed',NULL,NULL,NULL,NULL,NULL,'you@example.org','',0,0,'',NULL,NULL,'{}',NULL,NULL,0,NULL,'','','',NULL,1795991989954328,'front-door',NULL,0,0,0,0,1795991856102492,'warden',1795991856102492,'warden',1);
CREATE TABLE bounced_addresses (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	address_key VARCHAR(320) NOT NULL, 
	contact_address VARCHAR(320) NOT NULL, 
	at INTEGER NOT NULL, 
	reply VARCHAR(500) NOT NULL, 
	party VARCHAR(40), 
	cleared_at INTEGER, 
	CONSTRAINT pk_bounced_addresses PRIMARY KEY (id), 
	CONSTRAINT uq_bounced_addresses UNIQUE (site, address_key)
);
INSERT INTO "bounced_addresses" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ramsey','x','x',1795992375279041,'x',NULL,NULL);
CREATE TABLE certificates (
	serial VARCHAR(40) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	public_key BLOB NOT NULL, 
	pem TEXT NOT NULL, 
	issued_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	revoked_at INTEGER, 
	CONSTRAINT pk_certificates PRIMARY KEY (serial)
);
INSERT INTO "certificates" VALUES('20d7e69831f5d9fbcd6b58429a9cb9a8d089fab','ramsey','ramsey-pi',X'0F78F8428175B0242D186160A29A029E4D5A0ED2FA0795F058A08407A53C0E73','-----BEGIN CERTIFICATE-----
MIIBoDCCAUagAwIBAgIUAg1+aYMfXZ+81rWEKanLmo0In6swCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTSGFsbGtlZXBlciAyN2Y1ZWNhMTAeFw0yNjExMjgyMjMxNDla
Fw0yODExMjgyMjMxNDlaMBsxGTAXBgNVBAMMEHJhbXNleS9yYW1zZXktcGkwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAASMINtdwRxgjUtrlzBoRVm3ue1MsbfcuAeu
VzLChRKEQzHKG36b1DdBsRpyuYHAnzy6GHwXvFVp6InD+XPXBwvYo2UwYzAMBgNV
HRMBAf8EAjAAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBR+/jTpYiOs
DjpAqtXeP3lOQGZdXTAfBgNVHSMEGDAWgBSnEnjlN4anIZ4OGd6hEEfGzAEx9zAK
BggqhkjOPQQDAgNIADBFAiEAxcPKM0uh2fxa0QpiV8Yq+01/EmJWLAHET9W9zQS+
AysCIAezb276Q2wTwELLkbDtDgg7P3Sk0cbGZ4qDpj3p6La9
-----END CERTIFICATE-----
',1795991509927869,1859063509000000,NULL);
INSERT INTO "certificates" VALUES('68bf2de6d891b537d6a77f3feb5a1c015cce84b','march','march-pi',X'DCDC9244AA3BA85C05353BEDE494B0879CA7AA476618B2840B08776BAABE180D','-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUBovy3m2JG1N9anfz/rWhwBXM6EswCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTSGFsbGtlZXBlciAyN2Y1ZWNhMTAeFw0yNjExMjgyMjMxNTFa
Fw0yODExMjgyMjMxNTFaMBkxFzAVBgNVBAMMDm1hcmNoL21hcmNoLXBpMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAECQE3xC0pVIrqZSCYYnHuQ7Nb+c13XT8JFXzW
VGefp0vCRvaeDE+IPTtbf7DSViUGOAxgEuQXDuJtV40hSCOljKNlMGMwDAYDVR0T
AQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAdBgNVHQ4EFgQUa0yNqyeWzCX5
wsoanBHBiNwaZAgwHwYDVR0jBBgwFoAUpxJ45TeGpyGeDhneoRBHxswBMfcwCgYI
KoZIzj0EAwIDSAAwRQIge80Zmc30upJd7pbP6lsuNf5cUgeaeDwpDuR7BCYJbBgC
IQCflbxcCixeIcN2j7SR6JVwPZMi2s89hB3UmgaOfv/VEw==
-----END CERTIFICATE-----
',1795991511028085,1859063511000000,NULL);
INSERT INTO "certificates" VALUES('71c8468d377e9b0dd160229999acce3524c74d17','soham','soham-pi',X'E2C49F1F0C00D99555B18F27CA0B7B6E9311EE0EC6E30F51890FCE2435FCC436','-----BEGIN CERTIFICATE-----
MIIBnTCCAUSgAwIBAgIUcchGjTd+mw3RYCKZmazONSTHTRcwCgYIKoZIzj0EAwIw
HjEcMBoGA1UEAwwTSGFsbGtlZXBlciAyN2Y1ZWNhMTAeFw0yNjExMjgyMjMxNTFa
Fw0yODExMjgyMjMxNTFaMBkxFzAVBgNVBAMMDnNvaGFtL3NvaGFtLXBpMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAEAwQ39ZzyaQ1NUbbCOQoTR+yM3nqM9bOwfj/u
H9CXKQRrjuH2Bjf9R4tlP0JjyGBOa5wk/bO8+jlKTdfUS/TFdqNlMGMwDAYDVR0T
AQH/BAIwADATBgNVHSUEDDAKBggrBgEFBQcDAjAdBgNVHQ4EFgQUxqUCk9MZiRCh
LvTkrZQijPZXF3gwHwYDVR0jBBgwFoAUpxJ45TeGpyGeDhneoRBHxswBMfcwCgYI
KoZIzj0EAwIDRwAwRAIgab37Q3l2UkDO+GXMME212SNK51BIbuRppmJsgs3j+3MC
IBD36rPD6PHaZSUFHzMNrDOkXhGs4kzx2DDWlCVh3usC
-----END CERTIFICATE-----
',1795991511956659,1859063511000000,NULL);
CREATE TABLE changeovers (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	from_layout VARCHAR(40) NOT NULL, 
	to_layout VARCHAR(40) NOT NULL, 
	minutes INTEGER NOT NULL, 
	CONSTRAINT pk_changeovers PRIMARY KEY (site, space, from_layout, to_layout), 
	CONSTRAINT fk_changeovers_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);
INSERT INTO "changeovers" VALUES('ramsey','hall','shelves-in','theatre',45);
INSERT INTO "changeovers" VALUES('ramsey','hall','theatre','shelves-in',40);
CREATE TABLE claims (
	booking_id VARCHAR(36) NOT NULL, 
	atom VARCHAR(81) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	space VARCHAR(40) DEFAULT '' NOT NULL, 
	layout VARCHAR(40) DEFAULT '' NOT NULL, 
	setup_min INTEGER DEFAULT '0' NOT NULL, 
	cleardown_min INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_claims PRIMARY KEY (booking_id, atom), 
	CONSTRAINT ck_claims_window CHECK (ends > starts), 
	CONSTRAINT fk_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id), 
	CONSTRAINT ck_claims_length CHECK (ends <= starts + 2678400000000)
);
INSERT INTO "claims" VALUES('01a22972-db56-743f-83a4-dbad55232980','ramsey/hall-east',1796299200000000,1796317200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-db56-743f-83a4-dbad55232980','ramsey/hall-west',1796299200000000,1796317200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-dc28-7806-9b5c-a52c0f5827a4','ramsey/hall-east',1796481000000000,1796491800000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-dc28-7806-9b5c-a52c0f5827a4','ramsey/hall-west',1796481000000000,1796491800000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-dcab-7334-9503-65d32f15f9bf','ramsey/meeting-room',1796239800000000,1796245200000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22972-fbdb-7d3c-a5b4-3034f958cf3b','ramsey/hall-east',1796032800000000,1796036400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-fbdb-7d3c-a5b4-3034f958cf3b','ramsey/hall-west',1796032800000000,1796036400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-fbdb-746f-a318-dc030d828196','ramsey/hall-east',1796637600000000,1796641200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-fbdb-746f-a318-dc030d828196','ramsey/hall-west',1796637600000000,1796641200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-fbdb-7a0e-bbea-10c34258ee00','ramsey/hall-east',1797242400000000,1797246000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22972-fbdb-7a0e-bbea-10c34258ee00','ramsey/hall-west',1797242400000000,1797246000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-76f9-89c5-7665a18bd6e2','ramsey/hall-east',1796067000000000,1796074200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-76f9-89c5-7665a18bd6e2','ramsey/hall-west',1796067000000000,1796074200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-7bff-aa0f-67f6506583bf','ramsey/hall-east',1796671800000000,1796679000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-7bff-aa0f-67f6506583bf','ramsey/hall-west',1796671800000000,1796679000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-70dd-91c0-f01bfccd0fe5','ramsey/hall-east',1797276600000000,1797283800000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1036-70dd-91c0-f01bfccd0fe5','ramsey/hall-west',1797276600000000,1797283800000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-7196-8721-7a9048895cb6','ramsey/hall-east',1796121000000000,1796123700000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-7196-8721-7a9048895cb6','ramsey/hall-west',1796121000000000,1796123700000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-766b-bcbb-0d185784a2a7','ramsey/hall-east',1796725800000000,1796728500000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-766b-bcbb-0d185784a2a7','ramsey/hall-west',1796725800000000,1796728500000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-7836-a971-601b1ca5c882','ramsey/hall-east',1797330600000000,1797333300000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-1e77-7836-a971-601b1ca5c882','ramsey/hall-west',1797330600000000,1797333300000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey/hall-east',1796238000000000,1796245200000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey/hall-west',1796238000000000,1796245200000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-2d5d-7b51-ab56-456a03433a98','ramsey/hall-east',1796842800000000,1796850000000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-2d5d-7b51-ab56-456a03433a98','ramsey/hall-west',1796842800000000,1796850000000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-2d5d-750e-b790-c541c128c22f','ramsey/hall-east',1797447600000000,1797454800000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-2d5d-750e-b790-c541c128c22f','ramsey/hall-west',1797447600000000,1797454800000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-4a4d-79b8-98e0-a921802b67de','ramsey/hall-east',1796320800000000,1796324400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-4a4d-79b8-98e0-a921802b67de','ramsey/hall-west',1796320800000000,1796324400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-4a4d-79f1-b4d0-4341ae0b7fee','ramsey/hall-east',1796925600000000,1796929200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-4a4d-79f1-b4d0-4341ae0b7fee','ramsey/hall-west',1796925600000000,1796929200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-4a4d-7354-9f19-68f2430e831a','ramsey/hall-east',1797530400000000,1797534000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-4a4d-7354-9f19-68f2430e831a','ramsey/hall-west',1797530400000000,1797534000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-76d3-aee5-1a0e91a78578','ramsey/hall-east',1796410800000000,1796421600000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-76d3-aee5-1a0e91a78578','ramsey/hall-west',1796410800000000,1796421600000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-7adc-a5e9-994f4a90451f','ramsey/hall-east',1797015600000000,1797026400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-7adc-a5e9-994f4a90451f','ramsey/hall-west',1797015600000000,1797026400000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-7e40-a5a7-6c0c611cecc2','ramsey/hall-east',1797620400000000,1797631200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-522e-7e40-a5a7-6c0c611cecc2','ramsey/hall-west',1797620400000000,1797631200000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey/hall-east',1796551200000000,1796560200000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey/hall-west',1796551200000000,1796560200000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-5e29-7635-9e89-d826d11beac1','ramsey/hall-east',1797156000000000,1797165000000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-5e29-7635-9e89-d826d11beac1','ramsey/hall-west',1797156000000000,1797165000000000,'hall','theatre',30,20);
INSERT INTO "claims" VALUES('01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey/meeting-room',1796130000000000,1796140800000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey/meeting-room',1796734800000000,1796745600000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22973-7242-7a21-945d-2917a36c6d60','ramsey/meeting-room',1797339600000000,1797350400000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey/meeting-room',1796306400000000,1796313600000000,'meeting-room','circle',0,0);
INSERT INTO "claims" VALUES('01a22973-81e1-7549-9108-502824afbcb7','ramsey/meeting-room',1796911200000000,1796918400000000,'meeting-room','circle',0,0);
INSERT INTO "claims" VALUES('01a22973-81e1-7991-9608-e209b0ef7625','ramsey/meeting-room',1797516000000000,1797523200000000,'meeting-room','circle',0,0);
INSERT INTO "claims" VALUES('01a22973-a63a-7d32-b921-011161781399','ramsey/meeting-room',1796378400000000,1796385600000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey/meeting-room',1797588000000000,1797595200000000,'meeting-room','boardroom',0,0);
INSERT INTO "claims" VALUES('01a22974-3296-7834-be48-6817bead03bf','ramsey/hall-west',1796914800000000,1796923800000000,'hall-west','',0,0);
INSERT INTO "claims" VALUES('01a22974-3296-7a3c-ad37-0e0abb56c0cf','ramsey/hall-west',1797519600000000,1797528600000000,'hall-west','',0,0);
INSERT INTO "claims" VALUES('01a22974-9eda-73b9-a872-58d3d2f0e957','ramsey/hall-east',1797670800000000,1797687000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22974-9eda-73b9-a872-58d3d2f0e957','ramsey/hall-west',1797670800000000,1797687000000000,'hall','shelves-in',15,15);
INSERT INTO "claims" VALUES('01a22974-ad6b-7dce-88b3-bd5e03f9dc73','ramsey/hall-east',1798380000000000,1798398000000000,'hall','cabaret',25,15);
INSERT INTO "claims" VALUES('01a22974-ad6b-7dce-88b3-bd5e03f9dc73','ramsey/hall-west',1798380000000000,1798398000000000,'hall','cabaret',25,15);
INSERT INTO "claims" VALUES('01a22974-e3e6-785c-94c5-cbe283631a86','ramsey/studio',1795991400000000,1796021100000000,'studio','',0,0);
CREATE TABLE closures (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	whole_days BOOLEAN NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	spaces TEXT NOT NULL, 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_closures PRIMARY KEY (id), 
	CONSTRAINT ck_closures_window CHECK (ends > starts), 
	CONSTRAINT fk_closures_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "closures" VALUES('01a22972-6c43-78bb-9824-c20b1bdca354','march',1798070400000000,1798848000000000,1,'Christmas and New Year','[]',1795991694403964,'warden');
INSERT INTO "closures" VALUES('01a22972-6c43-7797-830b-90fe2494202f','march',1829606400000000,1830556800000000,1,'Christmas and New Year','[]',1795991694403964,'warden');
INSERT INTO "closures" VALUES('01a22972-7bd8-77ec-aaae-dc8f2e939b0d','soham',1798070400000000,1798502400000000,1,'Christmas','[]',1795991698392665,'warden');
INSERT INTO "closures" VALUES('01a22972-7bd8-7f81-ac43-a04f3cd863ad','soham',1829606400000000,1830038400000000,1,'Christmas','[]',1795991698392665,'warden');
INSERT INTO "closures" VALUES('01a22972-935f-7cfb-a76c-bbc0071d6aab','ramsey',1796947200000000,1797033600000000,1,'New carpet','["meeting-room"]',1795991704415449,'warden');
CREATE TABLE code_claims (
	grant_id VARCHAR(36) NOT NULL, 
	owner VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	code_key BLOB NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	CONSTRAINT pk_code_claims PRIMARY KEY (grant_id), 
	CONSTRAINT ck_code_claims_window CHECK (ends > starts)
);
INSERT INTO "code_claims" VALUES('01a22972-db56-73d1-9205-8b7cda1cae63','01a22972-db56-743f-83a4-dbad55232980','ramsey','front-door',X'8EFE1E519E33910807D05CC60C7968670D09F139D9AC6869070F5B525DBC8BE7',1796298300000000,1796318100000000);
INSERT INTO "code_claims" VALUES('01a22972-dc28-75e8-8f79-a44137a70e3f','01a22972-dc28-7806-9b5c-a52c0f5827a4','ramsey','front-door',X'A0D267D234BDAA0D3C2EED313B178D9939211AC9447DE0383303E3DDF77996CE',1796480100000000,1796492700000000);
INSERT INTO "code_claims" VALUES('01a22972-dcab-7751-abf9-6a6343b702cf','01a22972-dcab-7334-9503-65d32f15f9bf','ramsey','front-door',X'181EA30A67F9B6AAFBE568108BE5C6629CEEA8BF848A5F907FDFFA0F9C0D23B6',1796238900000000,1796246100000000);
INSERT INTO "code_claims" VALUES('01a22972-dcab-7b3c-8c2b-d54ae139709c','01a22972-dcab-7334-9503-65d32f15f9bf','ramsey','library-door',X'53259928E45002D26A0E656D03BC894933EF9F181A4171523A9C9DC912C7D9AE',1796238900000000,1796246100000000);
INSERT INTO "code_claims" VALUES('01a22972-fbdb-7c85-86a4-32580f16a8e3','01a22972-fbdb-7d3c-a5b4-3034f958cf3b','ramsey','front-door',X'1D0AF2B0D6DB7DD001AA28A5BEF2F4D2A0F0409F9ECA3568F8F619127BD2033B',1796031900000000,1796037300000000);
INSERT INTO "code_claims" VALUES('01a22972-fbdb-77b7-9d3d-e6fdb20593fa','01a22972-fbdb-746f-a318-dc030d828196','ramsey','front-door',X'296366FBEF611FE95C0B88F5463A3CBE1CF147AA1A90CEBE69E3F38EC7D55DD6',1796636700000000,1796642100000000);
INSERT INTO "code_claims" VALUES('01a22972-fbdb-738d-a7f8-c99729883a54','01a22972-fbdb-7a0e-bbea-10c34258ee00','ramsey','front-door',X'48D8DB4BFB4CF208D2FFB8D9AABBAA91EF222DD33E843476F301CEAB3986599A',1797241500000000,1797246900000000);
INSERT INTO "code_claims" VALUES('01a22973-1036-739a-8c70-f433de5ff175','01a22973-1036-76f9-89c5-7665a18bd6e2','ramsey','front-door',X'3F46504609C98BC867F447C22652AAEB2C7CC7E018660F36E80F2E82E49CCE14',1796066100000000,1796075100000000);
INSERT INTO "code_claims" VALUES('01a22973-1036-7c52-98bf-46a7e5974266','01a22973-1036-7bff-aa0f-67f6506583bf','ramsey','front-door',X'988E2062DEC0BC0AD0D4B21B97595168D479BCF7A17B169F3C7B50289DED10AA',1796670900000000,1796679900000000);
INSERT INTO "code_claims" VALUES('01a22973-1036-754a-b14d-811a7c3bf037','01a22973-1036-70dd-91c0-f01bfccd0fe5','ramsey','front-door',X'920A0FC4FDFC01693F8F1484FD300F3AAB5115D411FE8CE62F63B90067333C6C',1797275700000000,1797284700000000);
INSERT INTO "code_claims" VALUES('01a22973-1e77-77b8-9bcc-cbb91b403ce7','01a22973-1e77-7196-8721-7a9048895cb6','ramsey','front-door',X'F27EBFA2E728060378C0A83582F39E703859AD07D67183A3D23AA63A96D6062F',1796120100000000,1796124600000000);
INSERT INTO "code_claims" VALUES('01a22973-1e77-7356-81be-800ab7a47339','01a22973-1e77-766b-bcbb-0d185784a2a7','ramsey','front-door',X'41270CBE535EBDB4C17E09ABF64DEAF6D0AAFCE931C162197EA15284F536C6D5',1796724900000000,1796729400000000);
INSERT INTO "code_claims" VALUES('01a22973-1e77-720d-9155-68caee729b12','01a22973-1e77-7836-a971-601b1ca5c882','ramsey','front-door',X'257CF98423386919639A8CC450C8B641F9FB1DB5BCAF1865FF445B04D421BE5F',1797329700000000,1797334200000000);
INSERT INTO "code_claims" VALUES('01a22973-2d5d-751c-9efb-2fe61692a5b7','01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey','front-door',X'D480C2953F84D560559EE9552F204EDFCF8514012A1C1445FA97378007105D4E',1796237100000000,1796246100000000);
INSERT INTO "code_claims" VALUES('01a22973-2d5d-7e08-9742-17f0a99f6fae','01a22973-2d5d-7b51-ab56-456a03433a98','ramsey','front-door',X'3819D67BD31AE1B1109C60D3E7A9262166EDCC506E60244DF031BAA8F80BCFE2',1796841900000000,1796850900000000);
INSERT INTO "code_claims" VALUES('01a22973-2d5d-7a0c-974e-ae0b14307c3b','01a22973-2d5d-750e-b790-c541c128c22f','ramsey','front-door',X'428E4F025B2DA8F051AEA464CE57CA4E9691021CDA68DDBCDBAE332FA196EBD8',1797446700000000,1797455700000000);
INSERT INTO "code_claims" VALUES('01a22973-4a4d-7c9c-921d-2ec4e25ddd90','01a22973-4a4d-79b8-98e0-a921802b67de','ramsey','front-door',X'9BB219D046CE6A8C600451B2FEE903A1A57A4D1ECD70445988790DD251E9958E',1796319900000000,1796325300000000);
INSERT INTO "code_claims" VALUES('01a22973-4a4d-74ce-948b-afe34a58f248','01a22973-4a4d-79f1-b4d0-4341ae0b7fee','ramsey','front-door',X'AEC080AAA146B54A9466F46865CD732E5C26C4CC06F315406FF4F064DA703F5E',1796924700000000,1796930100000000);
INSERT INTO "code_claims" VALUES('01a22973-4a4d-7b46-9dfa-a181faa5fd57','01a22973-4a4d-7354-9f19-68f2430e831a','ramsey','front-door',X'F45C6FB90C64A2168F70A72538E4075C3B5BCB8B974B6440102EDB799BDE022B',1797529500000000,1797534900000000);
INSERT INTO "code_claims" VALUES('01a22973-522e-727a-969b-475b185194ec','01a22973-522e-76d3-aee5-1a0e91a78578','ramsey','front-door',X'98F22C09465668AE54B841424895E8FC1702B7ED662850511DE5896BEBD77DD7',1796409900000000,1796422500000000);
INSERT INTO "code_claims" VALUES('01a22973-522e-7574-923f-7dbbf6a48d76','01a22973-522e-7adc-a5e9-994f4a90451f','ramsey','front-door',X'8BD9289FC8A871352D37D986F987329DA8DBE1DA4DEF486472FF52EDDC4BE256',1797014700000000,1797027300000000);
INSERT INTO "code_claims" VALUES('01a22973-522e-70cf-b832-35515d47ea42','01a22973-522e-7e40-a5a7-6c0c611cecc2','ramsey','front-door',X'24399231863DE6BAAEBC98E21FAB7185A934E4ECDB1117382E65EFA1233421E7',1797619500000000,1797632100000000);
INSERT INTO "code_claims" VALUES('01a22973-5e29-7460-9c0d-b9a9f122f7bb','01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey','front-door',X'2BD16FFFF4EF0F7C54677361CBC21C1AADFDE8411AD3F7DA03D5801A81C5982F',1796550300000000,1796561100000000);
INSERT INTO "code_claims" VALUES('01a22973-5e29-7bd8-81bb-03dd7da9f7a9','01a22973-5e29-7635-9e89-d826d11beac1','ramsey','front-door',X'771A08F8B5DD8CD62DE3DCAB19879D97309A72A4BDB7B946E3733BE8AAACD579',1797155100000000,1797165900000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-7216-b6ca-38bc71a843ec','01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey','front-door',X'A850332D9B4F5409BC9352031BCD3D592258A2A2FEFE732531046B2B9BCA01EA',1796129100000000,1796141700000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-7105-b062-e70775a2b8f4','01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey','library-door',X'48425A796D4F4FAF4ED632BD249853113CECAEC86E2A93A36933389BD0BB34E4',1796129100000000,1796141700000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-7d0f-b603-f22f5711ae79','01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey','front-door',X'E08845257B1787F31C64415BAD443D6DFFA0DF3B2919CB80813BC8DFCBD6F7B5',1796733900000000,1796746500000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-7913-a8a2-6b47fa1a6adb','01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey','library-door',X'64B76F06ACB56ECD9B295028E079DEC0B9FF983E765856502E5B459C97A93208',1796733900000000,1796746500000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-792d-a48d-6ffe1a992ec2','01a22973-7242-7a21-945d-2917a36c6d60','ramsey','front-door',X'8FAC0D017E1835AF816781F5BBC761D2BFB1998DB0FAF2D13D8D1EE1DA9D1C0A',1797338700000000,1797351300000000);
INSERT INTO "code_claims" VALUES('01a22973-7242-78ac-a296-39b28e8d8893','01a22973-7242-7a21-945d-2917a36c6d60','ramsey','library-door',X'CDDA97AF6A85D6B3948B5DAB67FB05D5FB0E798973E33A4CDFD997E06EE88CA8',1797338700000000,1797351300000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-71a1-be2e-e3a2944161b2','01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey','front-door',X'00BFEB9871A531A35AF3407B3FF03B693633FA3B336804A1EF32247EB0A3DCA2',1796305500000000,1796314500000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-7107-8754-217aeb2e6a34','01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey','library-door',X'28DE1BB53641EFF2129EAE3EE1FCEBEDBD09516ED6D6225F0C31123C10C2BA53',1796305500000000,1796314500000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-70b0-9a5f-78d7d4eec88f','01a22973-81e1-7549-9108-502824afbcb7','ramsey','front-door',X'7FEC391B40C14A92CAC3137BA76179D6670C63F9C7C09392B1CAB468AD408317',1796910300000000,1796919300000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-7451-8494-6c53fd587499','01a22973-81e1-7549-9108-502824afbcb7','ramsey','library-door',X'A103057678DD1C1DBEF59536BE57F2F5F835C34A44A9AD9DCFA6D3D54B9841D5',1796910300000000,1796919300000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-7e79-9295-0b3638a0b07d','01a22973-81e1-7991-9608-e209b0ef7625','ramsey','front-door',X'FD89A994ED952783CECF4C39DE50536E32F962ADF84D172D1DAEEFF70AE48B9A',1797515100000000,1797524100000000);
INSERT INTO "code_claims" VALUES('01a22973-81e1-7f82-beb4-79b22c3b82e9','01a22973-81e1-7991-9608-e209b0ef7625','ramsey','library-door',X'EADF1755266B7C2F01A8C43B6FEBFA89D899AB1084D3250F8671C2E2E4622D29',1797515100000000,1797524100000000);
INSERT INTO "code_claims" VALUES('01a22973-a63a-7c29-a2f7-527a9b49a9a4','01a22973-a63a-7d32-b921-011161781399','ramsey','front-door',X'5514C7C14EE4A782FCB29A18AEAF7CC780D8620FEA43559ED2F96B0D8E632AAA',1796377500000000,1796386500000000);
INSERT INTO "code_claims" VALUES('01a22973-a63a-7b02-8995-ace6c189a7fd','01a22973-a63a-7d32-b921-011161781399','ramsey','library-door',X'FB89F8186BF77DD50F2D0B6142C5A4F47D8CA0E1C4471F6AA267F496E634107E',1796377500000000,1796386500000000);
INSERT INTO "code_claims" VALUES('01a22973-a63a-7ffb-bc74-f6be2170d4f1','01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey','front-door',X'E00F5891DED82F68EAAC4517B56F46B52516D9F9E5D750F4215CDF4CF8235FBA',1797587100000000,1797596100000000);
INSERT INTO "code_claims" VALUES('01a22973-a63a-796e-84e2-4547f938dbbf','01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey','library-door',X'25BC9FD3860408506681918E1452A757C04EC3DC60326E25FDB67A07D8051D58',1797587100000000,1797596100000000);
INSERT INTO "code_claims" VALUES('01a22974-3296-78e2-a03a-7824e8c95c24','01a22974-3296-7834-be48-6817bead03bf','ramsey','front-door',X'D8CD9214667B845FCA007E4CDBCC15D64EAC6836212D6436B1659F7143BADAE1',1796913900000000,1796924700000000);
INSERT INTO "code_claims" VALUES('01a22974-3296-7b94-85a4-5d7499589b38','01a22974-3296-7a3c-ad37-0e0abb56c0cf','ramsey','front-door',X'2E2B8A86F41F198FB4D27A41CBBFF9C6A609994156A427D7D5C9BC8D60220920',1797518700000000,1797529500000000);
INSERT INTO "code_claims" VALUES('01a22974-677a-7630-8b7a-1a20056cd937','01a22974-677a-75f7-b4dd-fdb6e62143e1','ramsey','library-door',X'ACDD8DFB437D6FCE71803675418F218B50F805E6F9F00F33FC1C37FBC0FEE0F9',1796114700000000,1796138100000000);
INSERT INTO "code_claims" VALUES('01a22974-677a-7ae0-94b4-6f48f2ba02ee','01a22974-677a-77c9-a13e-ff00f68da3d7','ramsey','library-door',X'1ED567687077310074A3B289C4B605CAEB932E0B208EE94539E6F6D4D04B59F7',1796719500000000,1796742900000000);
INSERT INTO "code_claims" VALUES('01a22974-677a-7104-8a4e-4296750dba4c','01a22974-677a-737a-b41e-228592a25644','ramsey','library-door',X'B64545B673A417CCC0AC155780A603865B8C5563360268665DA6ACFCA471E85D',1797324300000000,1797347700000000);
INSERT INTO "code_claims" VALUES('01a22974-e3e6-7908-ab0b-e1c54bc71d67','01a22974-e3e6-785c-94c5-cbe283631a86','ramsey','front-door',X'BCCCE556A0236FF46C3D234A55425926F074776BFBC895FC10E755FAD78EB498',1795990500000000,1796022000000000);
CREATE TABLE codes (
	booking_id VARCHAR(36) NOT NULL, 
	door VARCHAR(40) DEFAULT '' NOT NULL, 
	owner VARCHAR(36) NOT NULL, 
	sealed BLOB NOT NULL, 
	changed_at INTEGER, 
	CONSTRAINT pk_codes PRIMARY KEY (booking_id, door)
);
INSERT INTO "codes" VALUES('01a22972-db56-743f-83a4-dbad55232980','','01a22972-db56-743f-83a4-dbad55232980',X'5945DC0AA32C54C3852B5A9B37F418264B6B8790119AEEA709D59FA72958D840CB7F',NULL);
INSERT INTO "codes" VALUES('01a22972-dc28-7806-9b5c-a52c0f5827a4','','01a22972-dc28-7806-9b5c-a52c0f5827a4',X'24802276FFE83DD775BEEEA629AA2969D9FB972CF75732828D369E9ACDA6FA11D47B',NULL);
INSERT INTO "codes" VALUES('01a22972-dcab-7334-9503-65d32f15f9bf','','01a22972-dcab-7334-9503-65d32f15f9bf',X'30F43F1439364ECA78B7DD084F499EFD3A92873EA109B6CEA2D4A8AAE2857E15461A',NULL);
INSERT INTO "codes" VALUES('01a22972-fbdb-7d3c-a5b4-3034f958cf3b','','01a22972-fbdb-7d3c-a5b4-3034f958cf3b',X'50E637F9AF48A0CC546AE9BB93DC957DC4A5EAD5327FF67CBCF177A59A40C587B81B',NULL);
INSERT INTO "codes" VALUES('01a22972-fbdb-746f-a318-dc030d828196','','01a22972-fbdb-746f-a318-dc030d828196',X'A189238691994C6AFD4A86B95D2712F08B6B644DD80B7B5DFC9200DB4F7C99BB9097',NULL);
INSERT INTO "codes" VALUES('01a22972-fbdb-7a0e-bbea-10c34258ee00','','01a22972-fbdb-7a0e-bbea-10c34258ee00',X'990C8D302F1BBCEBAC4AA22489C4FC14FCB2F7B2275C00564C7A389209D3846A9C75',NULL);
INSERT INTO "codes" VALUES('01a22973-1036-76f9-89c5-7665a18bd6e2','','01a22973-1036-76f9-89c5-7665a18bd6e2',X'93BEBDEE2F8285D2CA44F99D41C7750B94CED07CBF1CEC9535B8C7AD921552AC078F',NULL);
INSERT INTO "codes" VALUES('01a22973-1036-7bff-aa0f-67f6506583bf','','01a22973-1036-7bff-aa0f-67f6506583bf',X'6C37511D7E20C42CF6528740D31EDCD325832CA3F64D0BE764C7BCE5DFC54B39228E',NULL);
INSERT INTO "codes" VALUES('01a22973-1036-70dd-91c0-f01bfccd0fe5','','01a22973-1036-70dd-91c0-f01bfccd0fe5',X'8BB00DC716D72491BCE51542233EF8DD460DFAADAB93089E6B3B3B77A4FC41BCE893',NULL);
INSERT INTO "codes" VALUES('01a22973-1e77-7196-8721-7a9048895cb6','','01a22973-1e77-7196-8721-7a9048895cb6',X'AA6C245A9D14111CC6E9C59D893CF6D83B08BF6A54CA103247A5AEF5FF0E0F996026',NULL);
INSERT INTO "codes" VALUES('01a22973-1e77-766b-bcbb-0d185784a2a7','','01a22973-1e77-766b-bcbb-0d185784a2a7',X'30F6FEF900E8737F6056828A7A344320D16E7EE371968AA3151EAFD11E248B3484B4',NULL);
INSERT INTO "codes" VALUES('01a22973-1e77-7836-a971-601b1ca5c882','','01a22973-1e77-7836-a971-601b1ca5c882',X'66E3E094F46606FC2C196E83D7F76B2383B98B328F62AD4A81EDE2B74532D88378B8',NULL);
INSERT INTO "codes" VALUES('01a22973-2d5d-7254-b9d0-05eee39df5de','','01a22973-2d5d-7254-b9d0-05eee39df5de',X'0835BBFD0C9BE9794543EF84DDDE300CAF12251737EE13DC43865C204AE395E9CE74',NULL);
INSERT INTO "codes" VALUES('01a22973-2d5d-7b51-ab56-456a03433a98','','01a22973-2d5d-7b51-ab56-456a03433a98',X'350CA458F9A7EA604BEAC6E3BB8BAAE0C2CE18A08BF6FA89BA62554CCB98885FE765',NULL);
INSERT INTO "codes" VALUES('01a22973-2d5d-750e-b790-c541c128c22f','','01a22973-2d5d-750e-b790-c541c128c22f',X'E6C3830A45005B9269536391B8F77F381CAD399CFFFAB9E92222FB579A8A03C99C1C',NULL);
INSERT INTO "codes" VALUES('01a22973-4a4d-79b8-98e0-a921802b67de','','01a22973-4a4d-79b8-98e0-a921802b67de',X'974ADFAAFFB4F25AE95CAA1A3475C1A9EA6F1E96D6AAE38EB38C6B4F062951E48C86',NULL);
INSERT INTO "codes" VALUES('01a22973-4a4d-79f1-b4d0-4341ae0b7fee','','01a22973-4a4d-79f1-b4d0-4341ae0b7fee',X'71B7B77982434C237BF2DC8D9C97A95076B37ED80EF416E76D220C06BC3D5254E064',NULL);
INSERT INTO "codes" VALUES('01a22973-4a4d-7354-9f19-68f2430e831a','','01a22973-4a4d-7354-9f19-68f2430e831a',X'99563E898B31D7A1377173ABF508880DC0E2CE89772F3B13BF81281F3AA1D01A9F82',NULL);
INSERT INTO "codes" VALUES('01a22973-522e-76d3-aee5-1a0e91a78578','','01a22973-522e-76d3-aee5-1a0e91a78578',X'8A4218AB64616A5138AE310C36A9E72E98A2E38D6000C3014F155A31ADC9A374D16E',NULL);
INSERT INTO "codes" VALUES('01a22973-522e-7adc-a5e9-994f4a90451f','','01a22973-522e-7adc-a5e9-994f4a90451f',X'EB2D60289A035AADEF2B9D95D78B8ABD4E86B1C2E786F8D873B4D94A20846D8B414D',NULL);
INSERT INTO "codes" VALUES('01a22973-522e-7e40-a5a7-6c0c611cecc2','','01a22973-522e-7e40-a5a7-6c0c611cecc2',X'5062A1C02CD89C0E6627F16D49E4C8D2CD23EF23B77C2C2F1DC2723904FA3C05B20B',NULL);
INSERT INTO "codes" VALUES('01a22973-5e29-7e68-a970-4bff0bff9a41','','01a22973-5e29-7e68-a970-4bff0bff9a41',X'8CD48CAE98F816AA0DE5E60B786F28DDA55E2A228A8D1D2EDE93A4BD8F44E8711997',NULL);
INSERT INTO "codes" VALUES('01a22973-5e29-7635-9e89-d826d11beac1','','01a22973-5e29-7635-9e89-d826d11beac1',X'AD7DFEBAB2439B5E26E44D8331DC26D7213C0682E8C57B0B3921B80B4F78B8B18BCF',NULL);
INSERT INTO "codes" VALUES('01a22973-7242-7e2b-aba7-9f6b13bdf635','','01a22973-7242-7e2b-aba7-9f6b13bdf635',X'14273D089D87D455C4284863DB18E23ED80D7F3FB7CA88065091F0A9914A92A1A220',NULL);
INSERT INTO "codes" VALUES('01a22973-7242-7f67-91ff-c6ee2b3a1288','','01a22973-7242-7f67-91ff-c6ee2b3a1288',X'9ABB8E6B4328758900C7ED94D93563F649A3F4455A1D9327D86642860378B2FB8678',NULL);
INSERT INTO "codes" VALUES('01a22973-7242-7a21-945d-2917a36c6d60','','01a22973-7242-7a21-945d-2917a36c6d60',X'EB144A8C49BD25EA9C0B63FEA67783873934BB74DD852C94D6913E2748CA46C43BF5',NULL);
INSERT INTO "codes" VALUES('01a22973-81e1-7cb4-b337-7c3f12562a06','','01a22973-81e1-7cb4-b337-7c3f12562a06',X'4E2EDAF3B466079A69D17E0953D75CE2C6C25F3B723047C5C6B8EF1101C799E6819A',NULL);
INSERT INTO "codes" VALUES('01a22973-81e1-7549-9108-502824afbcb7','','01a22973-81e1-7549-9108-502824afbcb7',X'0B439D1BEC0FC87F064F4EB62A0E5EC60FD87ADD8EE1B3B5A83C90F35336F1A68E80',NULL);
INSERT INTO "codes" VALUES('01a22973-81e1-7991-9608-e209b0ef7625','','01a22973-81e1-7991-9608-e209b0ef7625',X'166B48488963A8EF6DD84DDEA76E887EFB426FCA5F9D0F578B9E7E5DDFC44DB53A2B',NULL);
INSERT INTO "codes" VALUES('01a22973-a63a-7d32-b921-011161781399','','01a22973-a63a-7d32-b921-011161781399',X'D1F2F78D7620049A3C1FEC9D04DB427BE9F056A63FCB57912E57010D87B2F17A04E4',NULL);
INSERT INTO "codes" VALUES('01a22973-a63a-72b5-90ad-a147e39fdb60','','01a22973-a63a-72b5-90ad-a147e39fdb60',X'2D9C26FA391F45DECDDA57DED4CAE7FE8AF015069E6125E4B4348DB3272E56748633',NULL);
INSERT INTO "codes" VALUES('01a22974-3296-7834-be48-6817bead03bf','','01a22974-3296-7834-be48-6817bead03bf',X'E9E1507001A47144C42A760AE53CCFF71009CA711D02147CB668BC21476E85D77BDB',NULL);
INSERT INTO "codes" VALUES('01a22974-3296-7a3c-ad37-0e0abb56c0cf','','01a22974-3296-7a3c-ad37-0e0abb56c0cf',X'032BBBD7866DA074C5517396B8F1250B62D70BB7E12C650C729003379856F6BB4A8B',NULL);
INSERT INTO "codes" VALUES('01a22974-677a-75f7-b4dd-fdb6e62143e1','','01a22974-677a-75f7-b4dd-fdb6e62143e1',X'7B32B4B03A224151B00377B54F32C8E06E16E0F5311B57EC82367E023E18355D16AB',NULL);
INSERT INTO "codes" VALUES('01a22974-677a-77c9-a13e-ff00f68da3d7','','01a22974-677a-77c9-a13e-ff00f68da3d7',X'A9314A84E6C620A03BE86358233B1C091B7B3296D0F1B7A15B0D20B7019C0C3A5061',NULL);
INSERT INTO "codes" VALUES('01a22974-677a-737a-b41e-228592a25644','','01a22974-677a-737a-b41e-228592a25644',X'74177C5A83D84DB7E21CB24DBA1B9F8EE030271DA03A2F1169299E9684500B73E7E8',NULL);
INSERT INTO "codes" VALUES('01a22974-e3e6-785c-94c5-cbe283631a86','','01a22974-e3e6-785c-94c5-cbe283631a86',X'8FACBBAA35376EEEC860F43BA9850B44D79955D3E274DA91CC3B843200A4645DCF2C',NULL);
CREATE TABLE commands (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	door VARCHAR(40), 
	kind VARCHAR(40) NOT NULL, 
	reason TEXT NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	issued_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	outcome VARCHAR(20), 
	code VARCHAR(40), 
	why TEXT, 
	ended_at INTEGER, 
	args TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_commands PRIMARY KEY (id)
);
INSERT INTO "commands" VALUES('01a2297a-4945-7ee0-9cb5-f7de99101f91','ramsey','ramsey-pi','front-door','unlock','test','warden',1795992209733742,1795992219733742,'done',NULL,'unlocked once',1795992209957270,'{}');
INSERT INTO "commands" VALUES('01a2297a-5cd3-7eb9-9756-35e9f5ef8285','ramsey','ramsey-pi',NULL,'self_test','test','warden',1795992214739992,1795992224739992,'done',NULL,'all is well: 2 locks work, 4 readers answer, the disk works; clock synced; 0 events not acknowledged',1795992215190716,'{}');
CREATE TABLE counter_days (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	counter VARCHAR(40) NOT NULL, 
	day DATE NOT NULL, 
	log_id INTEGER NOT NULL, 
	door VARCHAR(40), 
	base_ins INTEGER NOT NULL, 
	base_outs INTEGER NOT NULL, 
	top_ins INTEGER NOT NULL, 
	top_outs INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_counter_days PRIMARY KEY (site, edge, counter, day, log_id), 
	CONSTRAINT fk_counter_days_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "counter_days" VALUES('ramsey','x','x','2026-11-29',1,NULL,1,1,1,1,1795992375279041);
CREATE TABLE device_states (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	device VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_device_states PRIMARY KEY (site, edge, device)
);
INSERT INTO "device_states" VALUES('soham','soham-pi','front-door','door',0,1795991653097785,1795991652579994,'{"alarm":null,"codes_wait_until":null,"contact":"closed","fault":null,"interlock":null,"lock":"locked","mode":"code"}');
INSERT INTO "device_states" VALUES('soham','soham-pi','fire-line','fire',0,1795991653097583,1795991652137765,'{"state":"clear"}');
INSERT INTO "device_states" VALUES('soham','soham-pi','front-door-keypad','reader',0,1795991653097879,1795991652245980,'{"door":"front-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('soham','soham-pi','front-beams','counter',0,1795991653098055,1795991652327380,'{"fault":null,"ins_today":0,"outs_today":0,"total_ins":0,"total_outs":0}');
INSERT INTO "device_states" VALUES('soham','soham-pi','hub-pir','motion',0,1795991653098135,1795991652443940,'{"active":false,"zone":"hub"}');
INSERT INTO "device_states" VALUES('soham','soham-pi','whole-hub','alarm',0,1795991653098283,1795991652465975,'{"inside":0,"since":null,"state":"unset","why":null,"withheld":null}');
INSERT INTO "device_states" VALUES('soham','soham-pi','public-wifi','wifi',22,1795992374837448,1795991653098189,'{"stations":0,"zone":"building"}');
INSERT INTO "device_states" VALUES('march','march-pi','front-door','door',0,1795992389214779,1795991654461780,'{"alarm":null,"codes_wait_until":null,"contact":"closed","fault":null,"interlock":null,"lock":"locked","mode":"code"}');
INSERT INTO "device_states" VALUES('march','march-pi','hall-door','door',0,1795992389214851,1795991654704976,'{"alarm":null,"codes_wait_until":null,"contact":"closed","fault":null,"interlock":null,"lock":"locked","mode":"code"}');
INSERT INTO "device_states" VALUES('march','march-pi','public-wifi','wifi',26,1795992389216438,1795991655372890,'{"stations":0,"zone":"building"}');
INSERT INTO "device_states" VALUES('march','march-pi','fire-line','fire',0,1795992389214562,1795991655665053,'{"state":"clear"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','front-door','door',35,1795992217483322,1795992217483322,'{"alarm":null,"codes_wait_until":null,"contact":"closed","fault":null,"interlock":null,"lock":"locked","mode":"locked"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-door','door',0,1795991662359061,1795991654572467,'{"alarm":null,"codes_wait_until":null,"contact":"closed","fault":null,"interlock":null,"lock":"locked","mode":"code"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','fire-line','fire',0,1795991662358771,1795991654640561,'{"state":"clear"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','front-door-keypad','reader',0,1795991662359175,1795991654722610,'{"door":"front-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-door-keypad','reader',0,1795991662359205,1795991654849415,'{"door":"library-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-door-cards','reader',0,1795991662359226,1795991654873820,'{"door":"library-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-door-scanner','reader',0,1795991662359317,1795991654893667,'{"door":"library-door","kind":"usb-scanner","side":"outside","there":true}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','front-beams','counter',0,1795991662359513,1795991654910181,'{"fault":null,"ins_today":0,"outs_today":0,"total_ins":0,"total_outs":0}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-beams','counter',0,1795991662359571,1795991654929537,'{"fault":null,"ins_today":0,"outs_today":0,"total_ins":0,"total_outs":0}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','hall-pir','motion',0,1795991662359647,1795991654970083,'{"active":false,"zone":"hall"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','library-pir','motion',0,1795991662359670,1795991655036393,'{"active":false,"zone":"library"}');
INSERT INTO "device_states" VALUES('ramsey','ramsey-pi','public-wifi','wifi',38,1795992377914689,1795991656394054,'{"stations":0,"zone":"building"}');
INSERT INTO "device_states" VALUES('march','march-pi','front-door-keypad','reader',0,1795992389214945,1795991657096277,'{"door":"front-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('march','march-pi','hall-door-keypad','reader',0,1795992389214978,1795991658810187,'{"door":"hall-door","kind":"wiegand","side":"outside"}');
INSERT INTO "device_states" VALUES('march','march-pi','front-beams','counter',0,1795992389216223,1795991658891208,'{"fault":null,"ins_today":0,"outs_today":0,"total_ins":0,"total_outs":0}');
INSERT INTO "device_states" VALUES('march','march-pi','hall-beams','counter',0,1795992389216293,1795991659432407,'{"fault":null,"ins_today":0,"outs_today":0,"total_ins":0,"total_outs":0}');
INSERT INTO "device_states" VALUES('march','march-pi','library-pir','motion',0,1795992389216362,1795991659440065,'{"active":false,"zone":"library"}');
INSERT INTO "device_states" VALUES('march','march-pi','hall-pir','motion',0,1795992389216392,1795991659445195,'{"active":false,"zone":"hall"}');
CREATE TABLE displays (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	space VARCHAR(40), 
	name VARCHAR(200) NOT NULL, 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	code_digest BLOB, 
	code_until INTEGER, 
	token_hash BLOB, 
	paired_at INTEGER, 
	last_seen_at INTEGER, 
	expires_at INTEGER NOT NULL, 
	address VARCHAR(45) DEFAULT '' NOT NULL, 
	browser VARCHAR(80) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_displays PRIMARY KEY (id), 
	CONSTRAINT uq_displays_code_digest UNIQUE (code_digest), 
	CONSTRAINT uq_displays_token_hash UNIQUE (token_hash)
);
INSERT INTO "displays" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ramsey','x',NULL,'x',1795992375279041,'x',NULL,NULL,NULL,NULL,NULL,1795992375279041,'x','x');
CREATE TABLE document_files (
	document VARCHAR(36) NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_document_files PRIMARY KEY (document), 
	CONSTRAINT fk_document_files_document FOREIGN KEY(document) REFERENCES party_documents (id)
);
INSERT INTO "document_files" VALUES('0b0b0b0b-0000-4000-8000-000000000001',X'0101010101010101010101010101010101010101010101010101010101010101');
CREATE TABLE door_marks (
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	text VARCHAR(300) NOT NULL, 
	CONSTRAINT pk_door_marks PRIMARY KEY (site, door)
);
INSERT INTO "door_marks" VALUES('ramsey','front-door',1795992214942724,'locked');
CREATE TABLE doors (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	hold_s DOUBLE NOT NULL, 
	held_after_s DOUBLE NOT NULL, 
	counter VARCHAR(40), 
	code_length INTEGER DEFAULT '6' NOT NULL, 
	passback VARCHAR(4) DEFAULT 'off' NOT NULL, 
	secret BLOB NOT NULL, 
	offline BLOB, 
	next_secret BLOB, 
	next_offline BLOB, 
	CONSTRAINT pk_doors PRIMARY KEY (site, id), 
	CONSTRAINT fk_doors_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id), 
	CONSTRAINT fk_doors_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "doors" VALUES('ramsey','front-door','Front door','ramsey-pi',5.0,60.0,'front-beams',6,'off',X'BC36CCFED6765F8F1721F9E2C441F825C57312996D5B90E140D345A71266FB18DA6A660964089A1663E96B6063E166340D26378E8331AAE7A05D4F6B',X'0AD3B07293AF44C368F2D7475E5CA8808B5C7C119268805D56B69CE7F99428087A1927C23031E95ACE3442B1A7985E4AF4C5C7260EDBC081E4CF4911',NULL,NULL);
INSERT INTO "doors" VALUES('ramsey','library-door','Library door','ramsey-pi',5.0,60.0,'library-beams',6,'off',X'E02CB71619B69D00174E4F1E17935D1F704FC63CD4E5A053C4098F647E0796B5AB61F0928472C0A26904738055182B44E0DDC6F38328C29B9C7DAB8F',X'280864E92DE5A175C60EACB8FE01A1C958CD9953AD8DF99546CA4CCE9BA87AF5F262C14F9DE2EC8F40F4B75AAF7FA4E78FD29305095014E981B5B283',NULL,NULL);
INSERT INTO "doors" VALUES('march','front-door','Front door','march-pi',5.0,60.0,'front-beams',6,'off',X'1E167BB657F446FB583B0BCB7CDF8969268C22B9F6F5E1B3D39AAB217CA321B64370E01E424108539EED4E5461CE729824AEA7F4F18C07724B54A308',X'9CC17D745B56556BD61475C1D1489495139A9F63AAA41E0F16C2E9F1FD9D5F9583E69276B5B570D34A31CB79091205530DC07BA2A7B98CF603D794D3',NULL,NULL);
INSERT INTO "doors" VALUES('march','hall-door','Hall door','march-pi',7.0,90.0,'hall-beams',6,'off',X'46653C024D885CE51C5B5936378BDF172FFB553F0174C97B41B427135E27E8EFB7599F53815D91106D3B85B2262F340B1822003E671AB6C476708BFC',X'C635CD6AC638E1A82A1054E32BFE1E4B91A28731D8FDE4AA8993B6E58B213A148E0A1675CCD34C98A1E6B62B0A3D156A99F2625BB4C26AA13E2D814A',NULL,NULL);
INSERT INTO "doors" VALUES('soham','front-door','Front door','soham-pi',5.0,60.0,'front-beams',6,'off',X'7124B2FE4BF034584C901F94D3D92C4C782BC83892AE7F4F553024709392A77AD7F33949301ED31234EEEDA63C77440B6A25937D5B0DD607B85DB5B4',X'693B79BD485BD6B6A617661D736B5B468458DF9FFAD8FACE45AE48723607AF71607C712F7A2F703E4A7F15046D0BE9AD7D17B8C573ED7D21D50CE79E',NULL,NULL);
CREATE TABLE edge_alerts (
	id INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	text VARCHAR(500) NOT NULL, 
	about VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_edge_alerts PRIMARY KEY (id)
);
INSERT INTO "edge_alerts" VALUES(1,'march','march-pi','offline',1795992391573735,'march-pi went offline','march-pi');
INSERT INTO "edge_alerts" VALUES(2,'soham','soham-pi','offline',1795992391710131,'soham-pi went offline','soham-pi');
INSERT INTO "edge_alerts" VALUES(3,'ramsey','ramsey-pi','offline',1795992392360746,'ramsey-pi went offline','ramsey-pi');
CREATE TABLE edge_identities (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	controller_kids TEXT NOT NULL, 
	held INTEGER DEFAULT '0' NOT NULL, 
	held_kids TEXT NOT NULL, 
	renew BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_edge_identities PRIMARY KEY (site, edge), 
	CONSTRAINT fk_edge_identities_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);
INSERT INTO "edge_identities" VALUES('ramsey','ramsey-pi',1795992054535,'99ba3dfa5b0892eb',1795992054535,'99ba3dfa5b0892eb',0);
INSERT INTO "edge_identities" VALUES('march','march-pi',1795992054579,'99ba3dfa5b0892eb',1795992054579,'99ba3dfa5b0892eb',0);
INSERT INTO "edge_identities" VALUES('soham','soham-pi',1795992054629,'99ba3dfa5b0892eb',1795992054629,'99ba3dfa5b0892eb',0);
CREATE TABLE edge_keys (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	public_key BLOB NOT NULL, 
	box BLOB NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	since INTEGER NOT NULL, 
	retired_at INTEGER, 
	CONSTRAINT pk_edge_keys PRIMARY KEY (site, edge, public_key), 
	CONSTRAINT fk_edge_keys_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);
INSERT INTO "edge_keys" VALUES('ramsey','ramsey-pi',X'0F78F8428175B0242D186160A29A029E4D5A0ED2FA0795F058A08407A53C0E73',X'FD12DB598FE6BB339387C4DAA555CDA5258D1747E12A398317612899948B9335','current',1795991617278244,NULL);
INSERT INTO "edge_keys" VALUES('march','march-pi',X'DCDC9244AA3BA85C05353BEDE494B0879CA7AA476618B2840B08776BAABE180D',X'76CF7D6C336776BB219D3902EDA437579C12EABD83FF92E7A4AAEF5CEE93BD4B','current',1795991628308037,NULL);
INSERT INTO "edge_keys" VALUES('soham','soham-pi',X'E2C49F1F0C00D99555B18F27CA0B7B6E9311EE0EC6E30F51890FCE2435FCC436',X'D9AB671CBEEFAFA5BEFC5B76865F96DEC528084CE8CE724EA4B5C26BDB994A55','current',1795991637521188,NULL);
CREATE TABLE edge_runs (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	boot VARCHAR(36) NOT NULL, 
	mono_ms INTEGER NOT NULL, 
	earliest INTEGER NOT NULL, 
	latest INTEGER NOT NULL, 
	wrong_from INTEGER, 
	wrong_until INTEGER, 
	CONSTRAINT pk_edge_runs PRIMARY KEY (site, edge, boot)
);
INSERT INTO "edge_runs" VALUES('soham','soham-pi','01a22971-c386-7760-80cc-06ebffc079af',1889,1795991653053826,1795991654498365,NULL,NULL);
INSERT INTO "edge_runs" VALUES('ramsey','ramsey-pi','01a22971-cd60-7720-b7f1-665a5238140f',8628,1795991662282484,1795991665990503,NULL,NULL);
INSERT INTO "edge_runs" VALUES('march','march-pi','01a22971-cefa-7c98-bfd9-e585439e792c',680633,1795992334756020,1795992334790116,NULL,NULL);
CREATE TABLE edge_states (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	online BOOLEAN NOT NULL, 
	since INTEGER NOT NULL, 
	boot VARCHAR(36) NOT NULL, 
	connection INTEGER NOT NULL, 
	nonce VARCHAR(32) NOT NULL, 
	at INTEGER NOT NULL, 
	software VARCHAR(100) NOT NULL, 
	trust VARCHAR(20) NOT NULL, 
	applied_version INTEGER, 
	applied_digest VARCHAR(64), 
	head INTEGER NOT NULL, 
	log VARCHAR(32), 
	health TEXT NOT NULL, 
	CONSTRAINT pk_edge_states PRIMARY KEY (site, edge)
);
INSERT INTO "edge_states" VALUES('soham','soham-pi',0,1795992391700275,'01a22971-c386-7760-80cc-06ebffc079af',1,'db91cc25fe1cc191f0183ce4a469cae7',1795992389533795,'0.2.0','synced',1795992020166,'ef64c733b5575102ce1ffc879cd2baad67e257f1afe264bed5bc854533e03642',22,'f6a93c52ba912957cf872cc40c6adbcd','{}');
INSERT INTO "edge_states" VALUES('ramsey','ramsey-pi',0,1795992392316270,'01a22971-cd60-7720-b7f1-665a5238140f',1,'372d7542b95f4c857097686a3fe8f074',1795992389550838,'0.2.0','synced',1795992025020,'0dddc5fbbb8b44e0b0e0ceb3db28561b0a8885d505698a9ac08764882afc504a',38,'82bdbbb088b6f7954b8d785573b29e03','{"wrong_codes":1}');
INSERT INTO "edge_states" VALUES('march','march-pi',0,1795992391563540,'01a22971-cefa-7c98-bfd9-e585439e792c',1,'2d3631aa2eb462583b18558843de420d',1795992389509341,'0.2.0','synced',1795992017903,'4c7af7e751b4b79ce5426dce81e975c2346489f036de3df657942fcc15af23d8',26,'ba028864b990c302cb1de3ff5ccfbc96','{}');
CREATE TABLE edges (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (site, id), 
	CONSTRAINT fk_edges_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "edges" VALUES('ramsey','ramsey-pi','Ramsey Hub: the Pi');
INSERT INTO "edges" VALUES('march','march-pi','March Library: the Pi');
INSERT INTO "edges" VALUES('soham','soham-pi','Soham Community Hub: the Pi');
CREATE TABLE enrolment_tokens (
	id VARCHAR(32) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	sealed BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	expires_at INTEGER NOT NULL, 
	used_at INTEGER, 
	used_by BLOB, 
	CONSTRAINT pk_enrolment_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_enrolment_tokens_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);
INSERT INTO "enrolment_tokens" VALUES('1b978b09648fb496133cdd737114b4b8','ramsey','ramsey-pi',X'32376D2108F2A301826473571E74305341DCDC135068FC2C9FE9EB65CE77F5D6D386C85BF3B1315B4459E43D',1795991615851563,'warden',1796078015851563,1795991617071447,X'0F78F8428175B0242D186160A29A029E4D5A0ED2FA0795F058A08407A53C0E73');
INSERT INTO "enrolment_tokens" VALUES('d511546d0bc01a5ec94a0184cc049607','march','march-pi',X'15AA05B706E7DF4AD88F634A140AD655BCE3EE6BDB53DC25C7D6F9EACBB138C41910C2DAE033E888A482504E',1795991628132071,'warden',1796078028132071,1795991628276019,X'DCDC9244AA3BA85C05353BEDE494B0879CA7AA476618B2840B08776BAABE180D');
INSERT INTO "enrolment_tokens" VALUES('b84523efadae12094123bd2d72f93be1','soham','soham-pi',X'7F0669337DBB458955795D541C9C98C0AD5B108B41C39EF57397ED3BDB5C5408633F0E13AC21A54B7D89328E',1795991636953551,'warden',1796078036953551,1795991637357117,X'E2C49F1F0C00D99555B18F27CA0B7B6E9311EE0EC6E30F51890FCE2435FCC436');
CREATE TABLE equipment (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	count INTEGER NOT NULL, 
	space VARCHAR(40), 
	CONSTRAINT pk_equipment PRIMARY KEY (site, id), 
	CONSTRAINT ck_equipment_count CHECK (count >= 0), 
	CONSTRAINT fk_equipment_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "equipment" VALUES('ramsey','chairs','Folding chairs',120,NULL);
INSERT INTO "equipment" VALUES('ramsey','piano','Piano',1,'hall');
INSERT INTO "equipment" VALUES('ramsey','projector','Projector',2,NULL);
INSERT INTO "equipment" VALUES('march','projector','Projector',1,NULL);
INSERT INTO "equipment" VALUES('march','tables','Folding tables',20,NULL);
INSERT INTO "equipment" VALUES('soham','urn','Tea urn',1,NULL);
CREATE TABLE equipment_claims (
	booking_id VARCHAR(36) NOT NULL, 
	equipment VARCHAR(81) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_equipment_claims PRIMARY KEY (booking_id, equipment), 
	CONSTRAINT fk_equipment_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "equipment_claims" VALUES('01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey/piano',1796238000000000,1796245200000000,1);
INSERT INTO "equipment_claims" VALUES('01a22973-2d5d-7b51-ab56-456a03433a98','ramsey/piano',1796842800000000,1796850000000000,1);
INSERT INTO "equipment_claims" VALUES('01a22973-2d5d-750e-b790-c541c128c22f','ramsey/piano',1797447600000000,1797454800000000,1);
INSERT INTO "equipment_claims" VALUES('01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey/chairs',1796551200000000,1796560200000000,50);
INSERT INTO "equipment_claims" VALUES('01a22973-5e29-7635-9e89-d826d11beac1','ramsey/chairs',1797156000000000,1797165000000000,50);
INSERT INTO "equipment_claims" VALUES('01a22974-ad6b-7dce-88b3-bd5e03f9dc73','ramsey/projector',1798380000000000,1798398000000000,1);
CREATE TABLE event_logs (
	id INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	log VARCHAR(32) NOT NULL, 
	opened_at INTEGER NOT NULL, 
	CONSTRAINT pk_event_logs PRIMARY KEY (id), 
	CONSTRAINT uq_event_logs_site_edge_log UNIQUE (site, edge, log)
);
INSERT INTO "event_logs" VALUES(1,'soham','soham-pi','f6a93c52ba912957cf872cc40c6adbcd',1795991653082413);
INSERT INTO "event_logs" VALUES(2,'ramsey','ramsey-pi','82bdbbb088b6f7954b8d785573b29e03',1795991662322287);
INSERT INTO "event_logs" VALUES(3,'march','march-pi','ba028864b990c302cb1de3ff5ccfbc96',1795991662512993);
CREATE TABLE event_runs (
	log_id INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_event_runs PRIMARY KEY (log_id, first), 
	CONSTRAINT ck_event_runs_order CHECK (last >= first), 
	CONSTRAINT fk_event_runs_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "event_runs" VALUES(1,1,22);
INSERT INTO "event_runs" VALUES(3,1,26);
INSERT INTO "event_runs" VALUES(2,1,38);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	log_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	device VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	boot VARCHAR(36) NOT NULL, 
	mono_ms INTEGER NOT NULL, 
	trust VARCHAR(20) NOT NULL, 
	data TEXT NOT NULL, 
	received_at INTEGER NOT NULL, 
	learned_late BOOLEAN NOT NULL, 
	told_at INTEGER, 
	error_s DOUBLE, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT uq_events_log_id_seq UNIQUE (log_id, seq), 
	CONSTRAINT fk_events_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "events" VALUES(1,1,1,'soham','soham-pi','boot','soham-pi',1795991651276163,'01a22971-c386-7760-80cc-06ebffc079af',68,'synced','{"kind":"boot","version":"0.2.0","plan":null}',1795991653082413,0,NULL,NULL);
INSERT INTO "events" VALUES(2,1,2,'soham','soham-pi','wifi','public-wifi',1795991651439713,'01a22971-c386-7760-80cc-06ebffc079af',232,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991653082413,0,NULL,NULL);
INSERT INTO "events" VALUES(3,1,3,'soham','soham-pi','plan','soham-pi',1795991652604932,'01a22971-c386-7760-80cc-06ebffc079af',1397,'synced','{"kind":"plan","version":1795991637711,"applied":true,"why":null}',1795991662215623,0,NULL,NULL);
INSERT INTO "events" VALUES(4,2,1,'ramsey','ramsey-pi','boot','ramsey-pi',1795991653795817,'01a22971-cd60-7720-b7f1-665a5238140f',66,'synced','{"kind":"boot","version":"0.2.0","plan":null}',1795991662322287,0,NULL,NULL);
INSERT INTO "events" VALUES(5,3,1,'march','march-pi','boot','march-pi',1795991654209837,'01a22971-cefa-7c98-bfd9-e585439e792c',70,'synced','{"kind":"boot","version":"0.2.0","plan":null}',1795991662512993,0,NULL,NULL);
INSERT INTO "events" VALUES(6,3,2,'march','march-pi','wifi','public-wifi',1795991654266406,'01a22971-cefa-7c98-bfd9-e585439e792c',127,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991662512993,0,NULL,NULL);
INSERT INTO "events" VALUES(7,2,2,'ramsey','ramsey-pi','wifi','public-wifi',1795991653869710,'01a22971-cd60-7720-b7f1-665a5238140f',139,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991662512993,0,NULL,NULL);
INSERT INTO "events" VALUES(8,3,3,'march','march-pi','plan','march-pi',1795991654766969,'01a22971-cefa-7c98-bfd9-e585439e792c',627,'synced','{"kind":"plan","version":1795991628712,"applied":true,"why":null}',1795991663443932,0,NULL,NULL);
INSERT INTO "events" VALUES(9,2,3,'ramsey','ramsey-pi','plan','ramsey-pi',1795991656567441,'01a22971-cd60-7720-b7f1-665a5238140f',2837,'synced','{"kind":"plan","version":1795991617997,"applied":true,"why":null}',1795991663443932,0,NULL,NULL);
INSERT INTO "events" VALUES(10,2,4,'ramsey','ramsey-pi','plan','ramsey-pi',1795991696415735,'01a22971-cd60-7720-b7f1-665a5238140f',42685,'synced','{"kind":"plan","version":1795991693193,"applied":true,"why":null}',1795991702583216,0,NULL,NULL);
INSERT INTO "events" VALUES(11,3,4,'march','march-pi','plan','march-pi',1795991696803950,'01a22971-cefa-7c98-bfd9-e585439e792c',42664,'synced','{"kind":"plan","version":1795991695400,"applied":true,"why":null}',1795991702583216,0,NULL,NULL);
INSERT INTO "events" VALUES(12,1,4,'soham','soham-pi','plan','soham-pi',1795991703047761,'01a22971-c386-7760-80cc-06ebffc079af',51840,'synced','{"kind":"plan","version":1795991701470,"applied":true,"why":null}',1795991705777283,0,NULL,NULL);
INSERT INTO "events" VALUES(13,1,5,'soham','soham-pi','wifi','public-wifi',1795991711465474,'01a22971-c386-7760-80cc-06ebffc079af',60258,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991712122306,0,NULL,NULL);
INSERT INTO "events" VALUES(14,2,5,'ramsey','ramsey-pi','wifi','public-wifi',1795991713915880,'01a22971-cd60-7720-b7f1-665a5238140f',60185,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991714804534,0,NULL,NULL);
INSERT INTO "events" VALUES(15,3,5,'march','march-pi','wifi','public-wifi',1795991714315635,'01a22971-cefa-7c98-bfd9-e585439e792c',60176,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991714804534,0,NULL,NULL);
INSERT INTO "events" VALUES(16,3,6,'march','march-pi','closing','march-pi',1795991717586592,'01a22971-cefa-7c98-bfd9-e585439e792c',63447,'synced','{"kind":"closing","stage":"closed","closes_at":"2026-11-29T07:00:00Z","minutes":null,"zones":[],"doors":[],"areas":[]}',1795991720909918,0,NULL,NULL);
INSERT INTO "events" VALUES(17,3,7,'march','march-pi','closing','march-pi',1795991717587514,'01a22971-cefa-7c98-bfd9-e585439e792c',63448,'synced','{"kind":"closing","stage":"secured","closes_at":"2026-11-29T07:00:00Z","minutes":null,"zones":[],"doors":[],"areas":[]}',1795991720909918,0,NULL,NULL);
INSERT INTO "events" VALUES(18,3,8,'march','march-pi','plan','march-pi',1795991722390658,'01a22971-cefa-7c98-bfd9-e585439e792c',68251,'synced','{"kind":"plan","version":1795991712677,"applied":true,"why":null}',1795991725076841,0,NULL,NULL);
INSERT INTO "events" VALUES(19,1,6,'soham','soham-pi','plan','soham-pi',1795991725270314,'01a22971-c386-7760-80cc-06ebffc079af',74062,'synced','{"kind":"plan","version":1795991724164,"applied":true,"why":null}',1795991731128484,0,NULL,NULL);
INSERT INTO "events" VALUES(20,2,6,'ramsey','ramsey-pi','plan','ramsey-pi',1795991725465744,'01a22971-cd60-7720-b7f1-665a5238140f',71735,'synced','{"kind":"plan","version":1795991723997,"applied":true,"why":null}',1795991731128484,0,NULL,NULL);
INSERT INTO "events" VALUES(21,1,7,'soham','soham-pi','plan','soham-pi',1795991731151048,'01a22971-c386-7760-80cc-06ebffc079af',79943,'synced','{"kind":"plan","version":1795991726553,"applied":true,"why":null}',1795991733941072,0,NULL,NULL);
INSERT INTO "events" VALUES(22,3,9,'march','march-pi','plan','march-pi',1795991735953988,'01a22971-cefa-7c98-bfd9-e585439e792c',81814,'synced','{"kind":"plan","version":1795991732095,"applied":true,"why":null}',1795991741355202,0,NULL,NULL);
INSERT INTO "events" VALUES(23,2,7,'ramsey','ramsey-pi','plan','ramsey-pi',1795991739695510,'01a22971-cd60-7720-b7f1-665a5238140f',85965,'synced','{"kind":"plan","version":1795991735544,"applied":true,"why":null}',1795991746128607,0,NULL,NULL);
INSERT INTO "events" VALUES(24,2,8,'ramsey','ramsey-pi','plan','ramsey-pi',1795991746055657,'01a22971-cd60-7720-b7f1-665a5238140f',92325,'synced','{"kind":"plan","version":1795991740710,"applied":true,"why":null}',1795991749687045,0,NULL,NULL);
INSERT INTO "events" VALUES(25,2,9,'ramsey','ramsey-pi','plan','ramsey-pi',1795991752579885,'01a22971-cd60-7720-b7f1-665a5238140f',98849,'synced','{"kind":"plan","version":1795991746293,"applied":true,"why":null}',1795991755263271,0,NULL,NULL);
INSERT INTO "events" VALUES(26,2,10,'ramsey','ramsey-pi','plan','ramsey-pi',1795991755825018,'01a22971-cd60-7720-b7f1-665a5238140f',102095,'synced','{"kind":"plan","version":1795991752229,"applied":true,"why":null}',1795991758478915,0,NULL,NULL);
INSERT INTO "events" VALUES(27,2,11,'ramsey','ramsey-pi','plan','ramsey-pi',1795991760678460,'01a22971-cd60-7720-b7f1-665a5238140f',106948,'synced','{"kind":"plan","version":1795991756798,"applied":true,"why":null}',1795991763683822,0,NULL,NULL);
INSERT INTO "events" VALUES(28,2,12,'ramsey','ramsey-pi','plan','ramsey-pi',1795991764693767,'01a22971-cd60-7720-b7f1-665a5238140f',110963,'synced','{"kind":"plan","version":1795991761735,"applied":true,"why":null}',1795991767842606,0,NULL,NULL);
INSERT INTO "events" VALUES(29,1,8,'soham','soham-pi','wifi','public-wifi',1795991771593808,'01a22971-c386-7760-80cc-06ebffc079af',120386,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991782811845,0,NULL,NULL);
INSERT INTO "events" VALUES(30,2,13,'ramsey','ramsey-pi','plan','ramsey-pi',1795991770729651,'01a22971-cd60-7720-b7f1-665a5238140f',116999,'synced','{"kind":"plan","version":1795991765381,"applied":true,"why":null}',1795991782811845,0,NULL,NULL);
INSERT INTO "events" VALUES(31,2,14,'ramsey','ramsey-pi','wifi','public-wifi',1795991774601910,'01a22971-cd60-7720-b7f1-665a5238140f',120871,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991782811845,0,NULL,NULL);
INSERT INTO "events" VALUES(32,3,10,'march','march-pi','wifi','public-wifi',1795991774395130,'01a22971-cefa-7c98-bfd9-e585439e792c',120255,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991782811845,0,NULL,NULL);
INSERT INTO "events" VALUES(33,2,15,'ramsey','ramsey-pi','plan','ramsey-pi',1795991776782355,'01a22971-cd60-7720-b7f1-665a5238140f',123052,'synced','{"kind":"plan","version":1795991768902,"applied":true,"why":null}',1795991784615625,0,NULL,NULL);
INSERT INTO "events" VALUES(34,2,16,'ramsey','ramsey-pi','plan','ramsey-pi',1795991781774035,'01a22971-cd60-7720-b7f1-665a5238140f',128044,'synced','{"kind":"plan","version":1795991776734,"applied":true,"why":null}',1795991800658862,0,NULL,NULL);
INSERT INTO "events" VALUES(35,3,11,'march','march-pi','plan','march-pi',1795991787656768,'01a22971-cefa-7c98-bfd9-e585439e792c',133517,'synced','{"kind":"plan","version":1795991782591,"applied":true,"why":null}',1795991806295662,0,NULL,NULL);
INSERT INTO "events" VALUES(36,3,12,'march','march-pi','plan','march-pi',1795991792815951,'01a22971-cefa-7c98-bfd9-e585439e792c',138676,'synced','{"kind":"plan","version":1795991788991,"applied":true,"why":null}',1795991810109708,0,NULL,NULL);
INSERT INTO "events" VALUES(37,3,13,'march','march-pi','plan','march-pi',1795991796552079,'01a22971-cefa-7c98-bfd9-e585439e792c',142412,'synced','{"kind":"plan","version":1795991794069,"applied":true,"why":null}',1795991812235805,0,NULL,NULL);
INSERT INTO "events" VALUES(38,1,9,'soham','soham-pi','plan','soham-pi',1795991803084951,'01a22971-c386-7760-80cc-06ebffc079af',151877,'synced','{"kind":"plan","version":1795991800169,"applied":true,"why":null}',1795991821869435,0,NULL,NULL);
INSERT INTO "events" VALUES(39,1,10,'soham','soham-pi','plan','soham-pi',1795991809668848,'01a22971-c386-7760-80cc-06ebffc079af',158461,'synced','{"kind":"plan","version":1795991805277,"applied":true,"why":null}',1795991827500055,0,NULL,NULL);
INSERT INTO "events" VALUES(40,1,11,'soham','soham-pi','plan','soham-pi',1795991812181568,'01a22971-c386-7760-80cc-06ebffc079af',160974,'synced','{"kind":"plan","version":1795991809819,"applied":true,"why":null}',1795991835891075,0,NULL,NULL);
INSERT INTO "events" VALUES(41,2,17,'ramsey','ramsey-pi','plan','ramsey-pi',1795991818783216,'01a22971-cd60-7720-b7f1-665a5238140f',165053,'synced','{"kind":"plan","version":1795991812135,"applied":true,"why":null}',1795991837957218,0,NULL,NULL);
INSERT INTO "events" VALUES(42,2,18,'ramsey','ramsey-pi','plan','ramsey-pi',1795991825871327,'01a22971-cd60-7720-b7f1-665a5238140f',172141,'synced','{"kind":"plan","version":1795991820306,"applied":true,"why":null}',1795991839174474,0,NULL,NULL);
INSERT INTO "events" VALUES(43,1,12,'soham','soham-pi','wifi','public-wifi',1795991831711638,'01a22971-c386-7760-80cc-06ebffc079af',180504,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991842528407,0,NULL,NULL);
INSERT INTO "events" VALUES(44,2,19,'ramsey','ramsey-pi','plan','ramsey-pi',1795991831582299,'01a22971-cd60-7720-b7f1-665a5238140f',177852,'synced','{"kind":"plan","version":1795991826303,"applied":true,"why":null}',1795991842528407,0,NULL,NULL);
INSERT INTO "events" VALUES(45,3,14,'march','march-pi','wifi','public-wifi',1795991834444478,'01a22971-cefa-7c98-bfd9-e585439e792c',180305,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991844858459,0,NULL,NULL);
INSERT INTO "events" VALUES(46,3,15,'march','march-pi','plan','march-pi',1795991834480985,'01a22971-cefa-7c98-bfd9-e585439e792c',180341,'synced','{"kind":"plan","version":1795991830769,"applied":true,"why":null}',1795991844858459,0,NULL,NULL);
INSERT INTO "events" VALUES(47,2,20,'ramsey','ramsey-pi','wifi','public-wifi',1795991834630313,'01a22971-cd60-7720-b7f1-665a5238140f',180900,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991852865265,0,NULL,NULL);
INSERT INTO "events" VALUES(48,3,16,'march','march-pi','plan','march-pi',1795991838712765,'01a22971-cefa-7c98-bfd9-e585439e792c',184573,'synced','{"kind":"plan","version":1795991836719,"applied":true,"why":null}',1795991854898713,0,NULL,NULL);
INSERT INTO "events" VALUES(49,2,21,'ramsey','ramsey-pi','plan','ramsey-pi',1795991860178064,'01a22971-cd60-7720-b7f1-665a5238140f',206448,'synced','{"kind":"plan","version":1795991857348,"applied":true,"why":null}',1795991862893679,0,NULL,NULL);
INSERT INTO "events" VALUES(50,1,13,'soham','soham-pi','wifi','public-wifi',1795991891786093,'01a22971-c386-7760-80cc-06ebffc079af',240578,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991893119287,0,NULL,NULL);
INSERT INTO "events" VALUES(51,3,17,'march','march-pi','wifi','public-wifi',1795991894519379,'01a22971-cefa-7c98-bfd9-e585439e792c',240380,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991901614325,0,NULL,NULL);
INSERT INTO "events" VALUES(52,2,22,'ramsey','ramsey-pi','wifi','public-wifi',1795991894680071,'01a22971-cd60-7720-b7f1-665a5238140f',240950,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991901614325,0,NULL,NULL);
INSERT INTO "events" VALUES(53,1,14,'soham','soham-pi','wifi','public-wifi',1795991951833688,'01a22971-c386-7760-80cc-06ebffc079af',300626,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991953052326,0,NULL,NULL);
INSERT INTO "events" VALUES(54,3,18,'march','march-pi','wifi','public-wifi',1795991954532708,'01a22971-cefa-7c98-bfd9-e585439e792c',300393,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991955432700,0,NULL,NULL);
INSERT INTO "events" VALUES(55,2,23,'ramsey','ramsey-pi','wifi','public-wifi',1795991954700945,'01a22971-cd60-7720-b7f1-665a5238140f',300971,'synced','{"kind":"wifi","zone":"building","stations":0}',1795991957295815,0,NULL,NULL);
INSERT INTO "events" VALUES(56,2,24,'ramsey','ramsey-pi','access','front-door',1795991989954328,'01a22971-cd60-7720-b7f1-665a5238140f',336224,'synced','{"kind":"access","door":"front-door","granted":true,"reason":"granted","reader":"front-door-keypad","method":"code","credential":"booking_code","booking":"01a22974-e3e6-785c-94c5-cbe283631a86"}',1795991990247141,0,NULL,NULL);
INSERT INTO "events" VALUES(57,2,25,'ramsey','ramsey-pi','door','front-door',1795991989954891,'01a22971-cd60-7720-b7f1-665a5238140f',336224,'synced','{"kind":"door","door":"front-door","change":"unlocked","why":"grant"}',1795991990247141,0,NULL,NULL);
INSERT INTO "events" VALUES(58,2,26,'ramsey','ramsey-pi','door','front-door',1795991994968018,'01a22971-cd60-7720-b7f1-665a5238140f',341238,'synced','{"kind":"door","door":"front-door","change":"locked","why":"time"}',1795991997526409,0,NULL,NULL);
INSERT INTO "events" VALUES(59,2,27,'ramsey','ramsey-pi','access','front-door',1795991997718561,'01a22971-cd60-7720-b7f1-665a5238140f',343988,'synced','{"kind":"access","door":"front-door","granted":false,"reason":"unknown","reader":"front-door-keypad","method":"code"}',1795991998356298,0,NULL,NULL);
INSERT INTO "events" VALUES(60,1,15,'soham','soham-pi','wifi','public-wifi',1795992011921234,'01a22971-c386-7760-80cc-06ebffc079af',360713,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992013438159,0,NULL,NULL);
INSERT INTO "events" VALUES(61,3,19,'march','march-pi','wifi','public-wifi',1795992014555120,'01a22971-cefa-7c98-bfd9-e585439e792c',360415,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992015666712,0,NULL,NULL);
INSERT INTO "events" VALUES(62,2,28,'ramsey','ramsey-pi','plan','ramsey-pi',1795992013739663,'01a22971-cd60-7720-b7f1-665a5238140f',360009,'synced','{"kind":"plan","version":1795992012823,"applied":true,"why":null}',1795992016518042,0,NULL,NULL);
INSERT INTO "events" VALUES(63,2,29,'ramsey','ramsey-pi','wifi','public-wifi',1795992014721050,'01a22971-cd60-7720-b7f1-665a5238140f',360991,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992016518042,0,NULL,NULL);
INSERT INTO "events" VALUES(64,3,20,'march','march-pi','plan','march-pi',1795992019833022,'01a22971-cefa-7c98-bfd9-e585439e792c',365693,'synced','{"kind":"plan","version":1795992017903,"applied":true,"why":null}',1795992022394761,0,NULL,NULL);
INSERT INTO "events" VALUES(65,1,16,'soham','soham-pi','plan','soham-pi',1795992021023062,'01a22971-c386-7760-80cc-06ebffc079af',369815,'synced','{"kind":"plan","version":1795992020166,"applied":true,"why":null}',1795992023621625,0,NULL,NULL);
INSERT INTO "events" VALUES(66,2,30,'ramsey','ramsey-pi','plan','ramsey-pi',1795992025847605,'01a22971-cd60-7720-b7f1-665a5238140f',372117,'synced','{"kind":"plan","version":1795992025020,"applied":true,"why":null}',1795992028426271,0,NULL,NULL);
INSERT INTO "events" VALUES(67,1,17,'soham','soham-pi','wifi','public-wifi',1795992071963122,'01a22971-c386-7760-80cc-06ebffc079af',420755,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992073701128,0,NULL,NULL);
INSERT INTO "events" VALUES(68,3,21,'march','march-pi','wifi','public-wifi',1795992074577955,'01a22971-cefa-7c98-bfd9-e585439e792c',420438,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992075736923,0,NULL,NULL);
INSERT INTO "events" VALUES(69,2,31,'ramsey','ramsey-pi','wifi','public-wifi',1795992074774782,'01a22971-cd60-7720-b7f1-665a5238140f',421044,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992077368354,0,NULL,NULL);
INSERT INTO "events" VALUES(70,1,18,'soham','soham-pi','wifi','public-wifi',1795992131993903,'01a22971-c386-7760-80cc-06ebffc079af',480786,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992134011429,0,NULL,NULL);
INSERT INTO "events" VALUES(71,3,22,'march','march-pi','wifi','public-wifi',1795992134595422,'01a22971-cefa-7c98-bfd9-e585439e792c',480456,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992135882367,0,NULL,NULL);
INSERT INTO "events" VALUES(72,2,32,'ramsey','ramsey-pi','wifi','public-wifi',1795992134810138,'01a22971-cd60-7720-b7f1-665a5238140f',481080,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992137420915,0,NULL,NULL);
INSERT INTO "events" VALUES(73,1,19,'soham','soham-pi','wifi','public-wifi',1795992192056501,'01a22971-c386-7760-80cc-06ebffc079af',540849,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992194331106,0,NULL,NULL);
INSERT INTO "events" VALUES(74,3,23,'march','march-pi','wifi','public-wifi',1795992194634829,'01a22971-cefa-7c98-bfd9-e585439e792c',540495,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992196137831,0,NULL,NULL);
INSERT INTO "events" VALUES(75,2,33,'ramsey','ramsey-pi','wifi','public-wifi',1795992194857243,'01a22971-cd60-7720-b7f1-665a5238140f',541127,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992197931460,0,NULL,NULL);
INSERT INTO "events" VALUES(76,2,34,'ramsey','ramsey-pi','door','front-door',1795992209921635,'01a22971-cd60-7720-b7f1-665a5238140f',556191,'synced','{"kind":"door","door":"front-door","change":"unlocked","why":"command"}',1795992212547307,0,NULL,NULL);
INSERT INTO "events" VALUES(77,2,35,'ramsey','ramsey-pi','door','front-door',1795992214942724,'01a22971-cd60-7720-b7f1-665a5238140f',561212,'synced','{"kind":"door","door":"front-door","change":"locked","why":"time"}',1795992217586847,0,NULL,NULL);
INSERT INTO "events" VALUES(78,1,20,'soham','soham-pi','wifi','public-wifi',1795992252097569,'01a22971-c386-7760-80cc-06ebffc079af',600890,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992254582352,0,NULL,NULL);
INSERT INTO "events" VALUES(79,3,24,'march','march-pi','wifi','public-wifi',1795992254647466,'01a22971-cefa-7c98-bfd9-e585439e792c',600508,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992256222309,0,NULL,NULL);
INSERT INTO "events" VALUES(80,2,36,'ramsey','ramsey-pi','wifi','public-wifi',1795992254875848,'01a22971-cd60-7720-b7f1-665a5238140f',601145,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992257450254,0,NULL,NULL);
INSERT INTO "events" VALUES(81,1,21,'soham','soham-pi','wifi','public-wifi',1795992312139865,'01a22971-c386-7760-80cc-06ebffc079af',660932,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992314691026,0,NULL,NULL);
INSERT INTO "events" VALUES(82,3,25,'march','march-pi','wifi','public-wifi',1795992314663141,'01a22971-cefa-7c98-bfd9-e585439e792c',660523,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992316456360,0,NULL,NULL);
INSERT INTO "events" VALUES(83,2,37,'ramsey','ramsey-pi','wifi','public-wifi',1795992314937924,'01a22971-cd60-7720-b7f1-665a5238140f',661207,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992317557750,0,NULL,NULL);
INSERT INTO "events" VALUES(84,1,22,'soham','soham-pi','wifi','public-wifi',1795992372287082,'01a22971-c386-7760-80cc-06ebffc079af',721079,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992374854205,0,NULL,NULL);
INSERT INTO "events" VALUES(85,3,26,'march','march-pi','wifi','public-wifi',1795992374796930,'01a22971-cefa-7c98-bfd9-e585439e792c',720657,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992377098010,0,NULL,NULL);
INSERT INTO "events" VALUES(86,2,38,'ramsey','ramsey-pi','wifi','public-wifi',1795992375279041,'01a22971-cd60-7720-b7f1-665a5238140f',721549,'synced','{"kind":"wifi","zone":"building","stations":0}',1795992384041841,0,NULL,NULL);
CREATE TABLE feeds (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	party VARCHAR(40), 
	address BLOB NOT NULL, 
	every_min INTEGER NOT NULL, 
	etag VARCHAR(200) DEFAULT '' NOT NULL, 
	modified VARCHAR(100) DEFAULT '' NOT NULL, 
	next_at INTEGER NOT NULL, 
	asked_at INTEGER, 
	read_at INTEGER, 
	fresh_at INTEGER, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	came_empty BOOLEAN DEFAULT 0 NOT NULL, 
	status VARCHAR(10) DEFAULT 'new' NOT NULL, 
	report TEXT DEFAULT '{}' NOT NULL, 
	created_at INTEGER NOT NULL, 
	created_by VARCHAR(200) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_feeds PRIMARY KEY (site, id), 
	CONSTRAINT fk_feeds_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id), 
	CONSTRAINT ck_feeds_every_min CHECK (every_min >= 5)
);
INSERT INTO "feeds" VALUES('march','0b0b0b0b-0000-4000-8000-000000000001','x','floor-back',NULL,X'0101010101010101010101010101010101010101010101010101010101010101',60,'x','x',1795992375279041,NULL,NULL,NULL,1,0,'x','x',1795992375279041,'x',1);
CREATE TABLE finished_flows (
	state_hash BLOB NOT NULL, 
	expires_at INTEGER NOT NULL, 
	CONSTRAINT pk_finished_flows PRIMARY KEY (state_hash)
);
INSERT INTO "finished_flows" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101',1795992375279041);
CREATE TABLE floors (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	level INTEGER NOT NULL, 
	CONSTRAINT pk_floors PRIMARY KEY (site, id), 
	CONSTRAINT fk_floors_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "floors" VALUES('ramsey','first','First floor',1);
INSERT INTO "floors" VALUES('ramsey','ground','Ground floor',0);
INSERT INTO "floors" VALUES('march','ground','Ground floor',0);
INSERT INTO "floors" VALUES('soham','ground','Ground floor',0);
CREATE TABLE free_doors (
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_free_doors PRIMARY KEY (site, door), 
	CONSTRAINT fk_free_doors_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id)
);
INSERT INTO "free_doors" VALUES('ramsey','library-door');
INSERT INTO "free_doors" VALUES('march','front-door');
INSERT INTO "free_doors" VALUES('soham','front-door');
CREATE TABLE grants (
	id VARCHAR(36) NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	code_key BLOB NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	hold_s DOUBLE, 
	created_at INTEGER NOT NULL, 
	ended_at INTEGER, 
	on_version BIGINT, 
	on_at INTEGER, 
	off_version BIGINT, 
	off_at INTEGER, 
	CONSTRAINT pk_grants PRIMARY KEY (id), 
	CONSTRAINT fk_grants_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id), 
	CONSTRAINT ck_grants_window CHECK (ends > starts)
);
INSERT INTO "grants" VALUES('01a22972-db56-73d1-9205-8b7cda1cae63','01a22972-db56-743f-83a4-dbad55232980','ramsey','front-door','booking_code',X'8EFE1E519E33910807D05CC60C7968670D09F139D9AC6869070F5B525DBC8BE7',1796298300000000,1796318100000000,NULL,1795991722838429,NULL,1795991723997,1795991725467267,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-dc28-75e8-8f79-a44137a70e3f','01a22972-dc28-7806-9b5c-a52c0f5827a4','ramsey','front-door','booking_code',X'A0D267D234BDAA0D3C2EED313B178D9939211AC9447DE0383303E3DDF77996CE',1796480100000000,1796492700000000,NULL,1795991723048391,NULL,1795991723997,1795991725467267,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-dcab-7751-abf9-6a6343b702cf','01a22972-dcab-7334-9503-65d32f15f9bf','ramsey','front-door','booking_code',X'181EA30A67F9B6AAFBE568108BE5C6629CEEA8BF848A5F907FDFFA0F9C0D23B6',1796238900000000,1796246100000000,NULL,1795991723179992,NULL,1795991723997,1795991725467267,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-dcab-7b3c-8c2b-d54ae139709c','01a22972-dcab-7334-9503-65d32f15f9bf','ramsey','library-door','booking_code',X'53259928E45002D26A0E656D03BC894933EF9F181A4171523A9C9DC912C7D9AE',1796238900000000,1796246100000000,NULL,1795991723179992,NULL,1795991723997,1795991725467267,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-fbdb-7c85-86a4-32580f16a8e3','01a22972-fbdb-7d3c-a5b4-3034f958cf3b','ramsey','front-door','booking_code',X'1D0AF2B0D6DB7DD001AA28A5BEF2F4D2A0F0409F9ECA3568F8F619127BD2033B',1796031900000000,1796037300000000,NULL,1795991731163066,NULL,1795991735544,1795991739698750,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-fbdb-77b7-9d3d-e6fdb20593fa','01a22972-fbdb-746f-a318-dc030d828196','ramsey','front-door','booking_code',X'296366FBEF611FE95C0B88F5463A3CBE1CF147AA1A90CEBE69E3F38EC7D55DD6',1796636700000000,1796642100000000,NULL,1795991731163066,NULL,1795991735544,1795991739698750,NULL,NULL);
INSERT INTO "grants" VALUES('01a22972-fbdb-738d-a7f8-c99729883a54','01a22972-fbdb-7a0e-bbea-10c34258ee00','ramsey','front-door','booking_code',X'48D8DB4BFB4CF208D2FFB8D9AABBAA91EF222DD33E843476F301CEAB3986599A',1797241500000000,1797246900000000,NULL,1795991731163066,NULL,1795991735544,1795991739698750,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1036-739a-8c70-f433de5ff175','01a22973-1036-76f9-89c5-7665a18bd6e2','ramsey','front-door','booking_code',X'3F46504609C98BC867F447C22652AAEB2C7CC7E018660F36E80F2E82E49CCE14',1796066100000000,1796075100000000,NULL,1795991736374003,NULL,1795991740710,1795991746057041,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1036-7c52-98bf-46a7e5974266','01a22973-1036-7bff-aa0f-67f6506583bf','ramsey','front-door','booking_code',X'988E2062DEC0BC0AD0D4B21B97595168D479BCF7A17B169F3C7B50289DED10AA',1796670900000000,1796679900000000,NULL,1795991736374003,NULL,1795991740710,1795991746057041,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1036-754a-b14d-811a7c3bf037','01a22973-1036-70dd-91c0-f01bfccd0fe5','ramsey','front-door','booking_code',X'920A0FC4FDFC01693F8F1484FD300F3AAB5115D411FE8CE62F63B90067333C6C',1797275700000000,1797284700000000,NULL,1795991736374003,NULL,1795991740710,1795991746057041,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1e77-77b8-9bcc-cbb91b403ce7','01a22973-1e77-7196-8721-7a9048895cb6','ramsey','front-door','booking_code',X'F27EBFA2E728060378C0A83582F39E703859AD07D67183A3D23AA63A96D6062F',1796120100000000,1796124600000000,NULL,1795991740023040,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1e77-7356-81be-800ab7a47339','01a22973-1e77-766b-bcbb-0d185784a2a7','ramsey','front-door','booking_code',X'41270CBE535EBDB4C17E09ABF64DEAF6D0AAFCE931C162197EA15284F536C6D5',1796724900000000,1796729400000000,NULL,1795991740023040,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-1e77-720d-9155-68caee729b12','01a22973-1e77-7836-a971-601b1ca5c882','ramsey','front-door','booking_code',X'257CF98423386919639A8CC450C8B641F9FB1DB5BCAF1865FF445B04D421BE5F',1797329700000000,1797334200000000,NULL,1795991740023040,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-2d5d-751c-9efb-2fe61692a5b7','01a22973-2d5d-7254-b9d0-05eee39df5de','ramsey','front-door','booking_code',X'D480C2953F84D560559EE9552F204EDFCF8514012A1C1445FA97378007105D4E',1796237100000000,1796246100000000,NULL,1795991743837283,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-2d5d-7e08-9742-17f0a99f6fae','01a22973-2d5d-7b51-ab56-456a03433a98','ramsey','front-door','booking_code',X'3819D67BD31AE1B1109C60D3E7A9262166EDCC506E60244DF031BAA8F80BCFE2',1796841900000000,1796850900000000,NULL,1795991743837283,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-2d5d-7a0c-974e-ae0b14307c3b','01a22973-2d5d-750e-b790-c541c128c22f','ramsey','front-door','booking_code',X'428E4F025B2DA8F051AEA464CE57CA4E9691021CDA68DDBCDBAE332FA196EBD8',1797446700000000,1797455700000000,NULL,1795991743837283,NULL,1795991746293,1795991752581487,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-4a4d-7c9c-921d-2ec4e25ddd90','01a22973-4a4d-79b8-98e0-a921802b67de','ramsey','front-door','booking_code',X'9BB219D046CE6A8C600451B2FEE903A1A57A4D1ECD70445988790DD251E9958E',1796319900000000,1796325300000000,NULL,1795991751245229,NULL,1795991752229,1795991755826099,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-4a4d-74ce-948b-afe34a58f248','01a22973-4a4d-79f1-b4d0-4341ae0b7fee','ramsey','front-door','booking_code',X'AEC080AAA146B54A9466F46865CD732E5C26C4CC06F315406FF4F064DA703F5E',1796924700000000,1796930100000000,NULL,1795991751245229,NULL,1795991752229,1795991755826099,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-4a4d-7b46-9dfa-a181faa5fd57','01a22973-4a4d-7354-9f19-68f2430e831a','ramsey','front-door','booking_code',X'F45C6FB90C64A2168F70A72538E4075C3B5BCB8B974B6440102EDB799BDE022B',1797529500000000,1797534900000000,NULL,1795991751245229,NULL,1795991752229,1795991755826099,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-522e-727a-969b-475b185194ec','01a22973-522e-76d3-aee5-1a0e91a78578','ramsey','front-door','booking_code',X'98F22C09465668AE54B841424895E8FC1702B7ED662850511DE5896BEBD77DD7',1796409900000000,1796422500000000,NULL,1795991753262372,NULL,1795991756798,1795991759830380,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-522e-7574-923f-7dbbf6a48d76','01a22973-522e-7adc-a5e9-994f4a90451f','ramsey','front-door','booking_code',X'8BD9289FC8A871352D37D986F987329DA8DBE1DA4DEF486472FF52EDDC4BE256',1797014700000000,1797027300000000,NULL,1795991753262372,NULL,1795991756798,1795991759830380,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-522e-70cf-b832-35515d47ea42','01a22973-522e-7e40-a5a7-6c0c611cecc2','ramsey','front-door','booking_code',X'24399231863DE6BAAEBC98E21FAB7185A934E4ECDB1117382E65EFA1233421E7',1797619500000000,1797632100000000,NULL,1795991753262372,NULL,1795991756798,1795991759830380,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-5e29-7460-9c0d-b9a9f122f7bb','01a22973-5e29-7e68-a970-4bff0bff9a41','ramsey','front-door','booking_code',X'2BD16FFFF4EF0F7C54677361CBC21C1AADFDE8411AD3F7DA03D5801A81C5982F',1796550300000000,1796561100000000,NULL,1795991756329856,NULL,1795991761735,1795991764694962,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-5e29-7bd8-81bb-03dd7da9f7a9','01a22973-5e29-7635-9e89-d826d11beac1','ramsey','front-door','booking_code',X'771A08F8B5DD8CD62DE3DCAB19879D97309A72A4BDB7B946E3733BE8AAACD579',1797155100000000,1797165900000000,NULL,1795991756329856,NULL,1795991761735,1795991764694962,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-7216-b6ca-38bc71a843ec','01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey','front-door','booking_code',X'A850332D9B4F5409BC9352031BCD3D592258A2A2FEFE732531046B2B9BCA01EA',1796129100000000,1796141700000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-7105-b062-e70775a2b8f4','01a22973-7242-7e2b-aba7-9f6b13bdf635','ramsey','library-door','booking_code',X'48425A796D4F4FAF4ED632BD249853113CECAEC86E2A93A36933389BD0BB34E4',1796129100000000,1796141700000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-7d0f-b603-f22f5711ae79','01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey','front-door','booking_code',X'E08845257B1787F31C64415BAD443D6DFFA0DF3B2919CB80813BC8DFCBD6F7B5',1796733900000000,1796746500000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-7913-a8a2-6b47fa1a6adb','01a22973-7242-7f67-91ff-c6ee2b3a1288','ramsey','library-door','booking_code',X'64B76F06ACB56ECD9B295028E079DEC0B9FF983E765856502E5B459C97A93208',1796733900000000,1796746500000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-792d-a48d-6ffe1a992ec2','01a22973-7242-7a21-945d-2917a36c6d60','ramsey','front-door','booking_code',X'8FAC0D017E1835AF816781F5BBC761D2BFB1998DB0FAF2D13D8D1EE1DA9D1C0A',1797338700000000,1797351300000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-7242-78ac-a296-39b28e8d8893','01a22973-7242-7a21-945d-2917a36c6d60','ramsey','library-door','booking_code',X'CDDA97AF6A85D6B3948B5DAB67FB05D5FB0E798973E33A4CDFD997E06EE88CA8',1797338700000000,1797351300000000,NULL,1795991761474293,NULL,1795991765381,1795991769853908,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-71a1-be2e-e3a2944161b2','01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey','front-door','booking_code',X'00BFEB9871A531A35AF3407B3FF03B693633FA3B336804A1EF32247EB0A3DCA2',1796305500000000,1796314500000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-7107-8754-217aeb2e6a34','01a22973-81e1-7cb4-b337-7c3f12562a06','ramsey','library-door','booking_code',X'28DE1BB53641EFF2129EAE3EE1FCEBEDBD09516ED6D6225F0C31123C10C2BA53',1796305500000000,1796314500000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-70b0-9a5f-78d7d4eec88f','01a22973-81e1-7549-9108-502824afbcb7','ramsey','front-door','booking_code',X'7FEC391B40C14A92CAC3137BA76179D6670C63F9C7C09392B1CAB468AD408317',1796910300000000,1796919300000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-7451-8494-6c53fd587499','01a22973-81e1-7549-9108-502824afbcb7','ramsey','library-door','booking_code',X'A103057678DD1C1DBEF59536BE57F2F5F835C34A44A9AD9DCFA6D3D54B9841D5',1796910300000000,1796919300000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-7e79-9295-0b3638a0b07d','01a22973-81e1-7991-9608-e209b0ef7625','ramsey','front-door','booking_code',X'FD89A994ED952783CECF4C39DE50536E32F962ADF84D172D1DAEEFF70AE48B9A',1797515100000000,1797524100000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-81e1-7f82-beb4-79b22c3b82e9','01a22973-81e1-7991-9608-e209b0ef7625','ramsey','library-door','booking_code',X'EADF1755266B7C2F01A8C43B6FEBFA89D899AB1084D3250F8671C2E2E4622D29',1797515100000000,1797524100000000,NULL,1795991765473548,NULL,1795991768902,1795991776784605,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-a63a-7c29-a2f7-527a9b49a9a4','01a22973-a63a-7d32-b921-011161781399','ramsey','front-door','booking_code',X'5514C7C14EE4A782FCB29A18AEAF7CC780D8620FEA43559ED2F96B0D8E632AAA',1796377500000000,1796386500000000,NULL,1795991774778966,NULL,1795991776734,1795991781775597,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-a63a-7b02-8995-ace6c189a7fd','01a22973-a63a-7d32-b921-011161781399','ramsey','library-door','booking_code',X'FB89F8186BF77DD50F2D0B6142C5A4F47D8CA0E1C4471F6AA267F496E634107E',1796377500000000,1796386500000000,NULL,1795991774778966,NULL,1795991776734,1795991781775597,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-a63a-7ffb-bc74-f6be2170d4f1','01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey','front-door','booking_code',X'E00F5891DED82F68EAAC4517B56F46B52516D9F9E5D750F4215CDF4CF8235FBA',1797587100000000,1797596100000000,NULL,1795991774778966,NULL,1795991776734,1795991781775597,NULL,NULL);
INSERT INTO "grants" VALUES('01a22973-a63a-796e-84e2-4547f938dbbf','01a22973-a63a-72b5-90ad-a147e39fdb60','ramsey','library-door','booking_code',X'25BC9FD3860408506681918E1452A757C04EC3DC60326E25FDB67A07D8051D58',1797587100000000,1797596100000000,NULL,1795991774778966,NULL,1795991776734,1795991781775597,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-3296-78e2-a03a-7824e8c95c24','01a22974-3296-7834-be48-6817bead03bf','ramsey','front-door','booking_code',X'D8CD9214667B845FCA007E4CDBCC15D64EAC6836212D6436B1659F7143BADAE1',1796913900000000,1796924700000000,NULL,1795991810710443,NULL,1795991812135,1795991818784552,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-3296-7b94-85a4-5d7499589b38','01a22974-3296-7a3c-ad37-0e0abb56c0cf','ramsey','front-door','booking_code',X'2E2B8A86F41F198FB4D27A41CBBFF9C6A609994156A427D7D5C9BC8D60220920',1797518700000000,1797529500000000,NULL,1795991810710443,NULL,1795991812135,1795991818784552,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-677a-7630-8b7a-1a20056cd937','01a22974-677a-75f7-b4dd-fdb6e62143e1','ramsey','library-door','booking_code',X'ACDD8DFB437D6FCE71803675418F218B50F805E6F9F00F33FC1C37FBC0FEE0F9',1796114700000000,1796138100000000,NULL,1795991824250681,NULL,1795991826303,1795991829037031,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-677a-7ae0-94b4-6f48f2ba02ee','01a22974-677a-77c9-a13e-ff00f68da3d7','ramsey','library-door','booking_code',X'1ED567687077310074A3B289C4B605CAEB932E0B208EE94539E6F6D4D04B59F7',1796719500000000,1796742900000000,NULL,1795991824250681,NULL,1795991826303,1795991829037031,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-677a-7104-8a4e-4296750dba4c','01a22974-677a-737a-b41e-228592a25644','ramsey','library-door','booking_code',X'B64545B673A417CCC0AC155780A603865B8C5563360268665DA6ACFCA471E85D',1797324300000000,1797347700000000,NULL,1795991824250681,NULL,1795991826303,1795991829037031,NULL,NULL);
INSERT INTO "grants" VALUES('01a22974-e3e6-7908-ab0b-e1c54bc71d67','01a22974-e3e6-785c-94c5-cbe283631a86','ramsey','front-door','booking_code',X'BCCCE556A0236FF46C3D234A55425926F074776BFBC895FC10E755FAD78EB498',1795990500000000,1796022000000000,NULL,1795991856102492,NULL,1795991857348,1795991860185676,NULL,NULL);
CREATE TABLE hire_requests (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	sealed BLOB NOT NULL, 
	address_digest BLOB, 
	terms_version VARCHAR(12) NOT NULL, 
	accepted_at INTEGER NOT NULL, 
	made_at INTEGER NOT NULL, 
	confirmed_at INTEGER, 
	booking_id VARCHAR(36), 
	party VARCHAR(40), 
	CONSTRAINT pk_hire_requests PRIMARY KEY (id), 
	CONSTRAINT uq_hire_requests_booking_id UNIQUE (booking_id), 
	CONSTRAINT fk_hire_requests_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id), 
	CONSTRAINT fk_hire_requests_party FOREIGN KEY(party) REFERENCES parties (id)
);
INSERT INTO "hire_requests" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ramsey',X'0101010101010101010101010101010101010101010101010101010101010101',NULL,'x',1795992375279041,1795992375279041,NULL,NULL,NULL);
CREATE TABLE hire_terms (
	version VARCHAR(12) NOT NULL, 
	terms TEXT NOT NULL, 
	CONSTRAINT pk_hire_terms PRIMARY KEY (version)
);
INSERT INTO "hire_terms" VALUES('x','x');
CREATE TABLE history_cursor (
	history VARCHAR(40) NOT NULL, 
	event_id INTEGER NOT NULL, 
	CONSTRAINT pk_history_cursor PRIMARY KEY (history)
);
INSERT INTO "history_cursor" VALUES('x','0b0b0b0b-0000-4000-8000-000000000001');
CREATE TABLE holder_places (
	holder VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_holder_places PRIMARY KEY (holder, site, door), 
	CONSTRAINT fk_holder_places_holder FOREIGN KEY(holder) REFERENCES holders (id), 
	CONSTRAINT fk_holder_places_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "holder_places" VALUES('0b0b0b0b-0000-4000-8000-000000000001','march','x');
CREATE TABLE holders (
	id VARCHAR(36) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	name_key VARCHAR(600) DEFAULT '' NOT NULL, 
	first DATE NOT NULL, 
	last DATE, 
	hours TEXT NOT NULL, 
	hold_s DOUBLE, 
	code BLOB, 
	card BLOB, 
	pin BLOB, 
	duress_code BLOB, 
	duress_pin BLOB, 
	card_tag BLOB, 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	ended_at INTEGER, 
	ended_why VARCHAR(2000) DEFAULT '' NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_holders PRIMARY KEY (id)
);
INSERT INTO "holders" VALUES('0b0b0b0b-0000-4000-8000-000000000001','x','x','x','2026-11-29',NULL,'x',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795992375279041,'x',1795992375279041,'x',NULL,'x',1);
CREATE TABLE holes (
	log_id INTEGER NOT NULL, 
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	learned_at INTEGER NOT NULL, 
	why VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_holes PRIMARY KEY (log_id, first), 
	CONSTRAINT fk_holes_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "holes" VALUES(1,1,1,'ramsey','x',1795992375279041,'x');
CREATE TABLE idempotency (
	actor VARCHAR(200) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	fingerprint BLOB NOT NULL, 
	rights BLOB NOT NULL, 
	claimed_at INTEGER NOT NULL, 
	answer BLOB, 
	CONSTRAINT pk_idempotency PRIMARY KEY (actor, "key")
);
INSERT INTO "idempotency" VALUES('warden','82c9a1f0-8041-4ded-8bbc-3d6ff17a5704',X'A853575A5E1EF864199FABC06667A6C08AFE8437A0EF8ED6893806FF6BFA28F5',X'E8238D1A0E0CF892DB99E9BDC407435CED548665779851EE27A502E2D01A6F77',1795991592037439,X'07111A67005AD123EB920A435AED2CC4A6934364F3F6012884C4691ADE08C79C6740FDB8621C269B4D5DCF94ECF36D8EA766F0E619DF903E1981B8869344D998D6F468E57D6321084AC74ABBF2477D1608497E8017CC303E47E85A64616630AB93884CA095045568C3ABB6899EFDA94A4CC6FC0B1FF4F41C8E4FE07793DEF1057670DCEF36D2C2498423C67F7EE9F3B7745C176D5327E9BC14BEF80AD94C52075D804ED1D9B600BB067FB93574151247E45AE2E16F000E570E74E2463CE59820D6F25E0D984865417493091BAAC83304DD05A273DDA827575EA6AD85981223BDD991688D6DE995407BFB9FF28DE7AB3640C997037382BE3593A9AFE7660F726CDCDB7370889BD2A89463A444B6CEC1E125A60F678839056B705A3971817756EC7D46386B30D5F1CB59532C4BD0282745C443D03FBC272B');
INSERT INTO "idempotency" VALUES('warden','77f74451-fa1c-4162-b015-73fd4b1780c9',X'7AA058C46CDC941C115A4BCFB8D87EDB9E5082A71A979612A0A6CDBA743EC3B0',X'E8238D1A0E0CF892DB99E9BDC407435CED548665779851EE27A502E2D01A6F77',1795991594900093,X'3FC2774CA98E461EFCAC3870A12FEE3562EED023F28B2EDB76DE69D3F294B25CCA75D4D69EA69F7477F9AD5AB6D872B194995B95A0977AB7C6E0F6B13F66E2BD55917FF695BA0D7BF10B1089B43744B820B423367AD4282719654FE0ABED8DFE81D5FFEC18C2F128BC17198AD05D02495ACC89D63A4800A3D69FF61A32128B567466350544521AF752166E089A3988E6FD694CF6E278F8FF40D33F581267ECBA6E5E2A0FB3199C0113685CE464557F326E78AC82');
INSERT INTO "idempotency" VALUES('warden','a2508158-dbb8-438b-abd2-538d0bcdd451',X'76B9C80FC58765AC93081F5913A9D1615BBDF44CB7708CD903BFBE468AF34122',X'E8238D1A0E0CF892DB99E9BDC407435CED548665779851EE27A502E2D01A6F77',1795991598656209,X'3121F480B2909BF4D5F5EE87541FC6BC6AB4EC196B2379ABF9004D233704C4FF417CDF917987FE2AD5BABB93C597D576BCDD3AC6B2907685B9177081CA7BFFAB3D6034CBC498B984487579CEFDB276DED439CE103EEA4133860F97FC7B8A4E216F68AC72297B6DF029CDE3EC07233ADB4DA9FF32D03816850CFD30BEB7F63F59D044C30FAAF773B334CDD745F6B98020CC50287174E7DD5F01F6A8C1576F83375F885C80012CCED12FA67836BADB910604676CAC79CD8BE341E3B0CBEE9B39DA7E733C276415A48B0CCC972DFA7578D53EEE26A30833133A95760AAC853545BA5DBC3C50B444F60028DFCB500AE390459189AE1B52BD36E55C6BF01F89C1691BEFCBC8867B05C4A4B59801A17EC9C0203B7EDDD8F74EC30BA9F0');
INSERT INTO "idempotency" VALUES('warden','3f77f385-ec72-4c89-96c7-a7efbc13ac1f',X'0A6DE258ACF679698317EC793AC1E3B8E1782B967A844658BB8E2B11816FE46B',X'E8238D1A0E0CF892DB99E9BDC407435CED548665779851EE27A502E2D01A6F77',1795991603751565,X'00324AF762828CBFF76E899E307CCAE7F3E3F20DA5B0304C1B6BFE1A135DA84FC9AE587505E5B2A2C5E8104D55EEE41FAE500AEA05121E1483FF8E23054A6A7F8625EBE49FD3086957B7F5AEB02847A0288C0C8478BE88FA8BD48265A539670C7439A14F1045AD9640ED40F0CADF3A66EAB963A75B1D8746EA78986653F267C147844C8EF88C5D3FBCBA67EFE6CAC33BD6FB7DD4C313E4E1EC51596D83AAE9BC1A6EF4D1FC5F7850548C4F7453DD532A5E2AF253317EF00C74BD5DD5D072195E4F731774EA26F8C0CC4CFC8B9F12935EDFFEEDCA01B2E72E0722428CF260D1A0BB48798464FFD735762692072550CF719E68245BF6DD546C21764B2B0A9F345B15E116327A35ECD0DF8CA84B0BDF5C9B78837F3204199468F16EE688F03B6EB9');
INSERT INTO "idempotency" VALUES('warden','8a420017-ab0b-48e0-bd73-e06d1aa6822a',X'990EC0EF78D8AC7A3E489AB9743DE65996348D0176AA66331ACCB8BD65D0649E',X'E8238D1A0E0CF892DB99E9BDC407435CED548665779851EE27A502E2D01A6F77',1795991605842490,X'A7763A3288E8AEC20C7B034B381B163090DA6D1F357E5C867187C049DEBA15D9EAEE237EC282BAD63C77497C442FB3F1AFCE8A2529B5C1DF2D30888D267DD7E39A17E66607E90314B38F8026981377F26F037D44C800A30F49A99222D673E8CDBE6FDBCEA9AF3067D7386006F23DA4DC2C519E0A8655AA07268999181AC27E27B7C48F6C77FE2241A63BAA99C2AA7572EE8FABF2E2F44CD8A1CE24E423053B51168AE6EDAE1A9FB44261616A8AE95FFCA341D6AB4F1ABA823672D08FBE47D9E0DA0D6A32AFC5349310B757D90514E1F09C2F4C0CCD574093C0A14D1EE2C23AA808B586248C758F6A4799CA27A0F6A2A840CEC611721538543D019DDBE0663B597350D9123416BEFFE42DE64D005560E98FC60CB04E7E801D3CE755274E36EA1FCF5D26E7F5D2E153F6EDEAAC9267F7812A73848BF287BEC535AA64E5AFAC7501E0424A3628587C51C09DF9648E924B40F5CCB67319AAF7E66BBF3DFF3197D2A178CC36A01D75D0532988DA842264ED5D2C3FD7560A5F697ADABCD41DA285196B29A31FAAE7FB943823AB8E5165F3F5A4A684F38895ED83ABE993250434E5AA06DDB40F915CAF5D1F32FC1F9600FC65552ABF11566214BB5CE3C967F7700B53B94EBDD948E50A90D6DDBA9E61262F85CFEFEBDAED90C087C4829948D17C50A166AEB27D1FE94C');
CREATE TABLE impacts (
	booking_id VARCHAR(36) NOT NULL, 
	cause VARCHAR(10) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	text VARCHAR(2000) NOT NULL, 
	at INTEGER NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	kept_at INTEGER, 
	kept_by VARCHAR(200), 
	CONSTRAINT pk_impacts PRIMARY KEY (booking_id, cause), 
	CONSTRAINT fk_impacts_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id), 
	CONSTRAINT fk_impacts_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "impacts" VALUES('01a22972-db56-743f-83a4-dbad55232980','closed','march','x',1795992375279041,'x',NULL,NULL);
CREATE TABLE imported (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	uid VARCHAR(500) NOT NULL, 
	recurrence_id VARCHAR(16) NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	source VARCHAR(100) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_imported PRIMARY KEY (site, space, uid, recurrence_id), 
	CONSTRAINT fk_imported_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id), 
	CONSTRAINT fk_imported_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "imported" VALUES('march','floor-back','x','0b0b0b0b-0000-4000-8000-000000000001','01a22972-db56-743f-83a4-dbad55232980','x','x');
CREATE TABLE induction_results (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	user_id VARCHAR(36), 
	party VARCHAR(40), 
	member VARCHAR(36), 
	taken_at INTEGER NOT NULL, 
	taken_on DATE NOT NULL, 
	passed BOOLEAN NOT NULL, 
	score INTEGER NOT NULL, 
	questions INTEGER NOT NULL, 
	valid_until DATE NOT NULL, 
	CONSTRAINT pk_induction_results PRIMARY KEY (id), 
	CONSTRAINT fk_induction_results_site FOREIGN KEY(site) REFERENCES sites (id), 
	CONSTRAINT fk_induction_results_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT fk_induction_results_party FOREIGN KEY(party) REFERENCES parties (id)
);
INSERT INTO "induction_results" VALUES('0b0b0b0b-0000-4000-8000-000000000001','march',1,NULL,NULL,NULL,1795992375279041,'2026-11-29',0,1,1,'2026-11-29');
CREATE TABLE inductions (
	member VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	day DATE NOT NULL, 
	"by" VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_inductions PRIMARY KEY (member, site), 
	CONSTRAINT fk_inductions_member FOREIGN KEY(member) REFERENCES members (id)
);
INSERT INTO "inductions" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ramsey','2026-11-29','x');
CREATE TABLE invitations (
	id VARCHAR(36) NOT NULL, 
	party VARCHAR(40) NOT NULL, 
	site VARCHAR(40), 
	role VARCHAR(12) NOT NULL, 
	inviter_id VARCHAR(36) NOT NULL, 
	sealed_address BLOB NOT NULL, 
	address_digest BLOB, 
	number INTEGER NOT NULL, 
	token_hash BLOB NOT NULL, 
	digits_digest BLOB, 
	digit_tries INTEGER NOT NULL, 
	most_uses INTEGER NOT NULL, 
	uses INTEGER NOT NULL, 
	through VARCHAR(36), 
	made_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	accepted_at INTEGER, 
	withdrawn_at INTEGER, 
	withdrawn_by VARCHAR(200) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_invitations PRIMARY KEY (id), 
	CONSTRAINT fk_invitations_inviter_id FOREIGN KEY(inviter_id) REFERENCES users (id), 
	CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash)
);
INSERT INTO "invitations" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ben-carrow',NULL,'x','01a22970-db6b-7147-a8c3-4a17e86dc65b',X'0101010101010101010101010101010101010101010101010101010101010101',NULL,1,X'0101010101010101010101010101010101010101010101010101010101010101',NULL,1,1,1,NULL,1795992375279041,1795992375279041,NULL,NULL,'x');
CREATE TABLE key_files (
	name VARCHAR(40) NOT NULL, 
	fingerprint BLOB NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	CONSTRAINT pk_key_files PRIMARY KEY (name, fingerprint)
);
INSERT INTO "key_files" VALUES('controller.key',X'C180A2498EB648CC8BAE4CFD971B361C6815190759F548F15D42150DBB7E5528',1795991572549934,1795992054332007);
INSERT INTO "key_files" VALUES('page.key',X'BFB71CBF61FB6F1E943FA48B93095361A5D0762AAA0334D7AB34D19F826C3A91',1795991572549934,NULL);
INSERT INTO "key_files" VALUES('code.key',X'4109E7D3F5B249F1F937A3E4EC28585DDFA807684A75EE404EED398EE51EB21F',1795991572549934,NULL);
INSERT INTO "key_files" VALUES('ca.key',X'33E98D141FD08A5C94FA3C90E4F939AD9EC0410BB9970410BCCB652A909FB33D',1795991572549934,NULL);
INSERT INTO "key_files" VALUES('controller.key',X'8558FC3103E6CA998AB3CB899B5015D489C352A6F708C599987A1DA22AA9AA30',1795992054332007,NULL);
CREATE TABLE layouts (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	capacity INTEGER, 
	setup_min INTEGER NOT NULL, 
	cleardown_min INTEGER NOT NULL, 
	CONSTRAINT pk_layouts PRIMARY KEY (site, space, id), 
	CONSTRAINT fk_layouts_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id), 
	CONSTRAINT ck_layouts_capacity CHECK (capacity >= 0)
);
INSERT INTO "layouts" VALUES('ramsey','hall','cabaret','Tables of eight',80,25,0);
INSERT INTO "layouts" VALUES('ramsey','hall','shelves-in','Shelves in',60,0,0);
INSERT INTO "layouts" VALUES('ramsey','hall','theatre','Theatre',120,30,20);
INSERT INTO "layouts" VALUES('ramsey','meeting-room','boardroom','Boardroom',12,0,0);
INSERT INTO "layouts" VALUES('ramsey','meeting-room','circle','Circle of chairs',14,0,0);
INSERT INTO "layouts" VALUES('march','hall','open-floor','Open floor',80,0,0);
INSERT INTO "layouts" VALUES('march','hall','theatre','Theatre',70,30,0);
CREATE TABLE members (
	id VARCHAR(36) NOT NULL, 
	number_tag BLOB NOT NULL, 
	number BLOB NOT NULL, 
	card BLOB NOT NULL, 
	card_tag BLOB NOT NULL, 
	pin BLOB, 
	born DATE, 
	expires DATE, 
	suspended BOOLEAN DEFAULT 0 NOT NULL, 
	suspended_until DATE, 
	source VARCHAR(10) NOT NULL, 
	checked_at INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	ended_at INTEGER, 
	CONSTRAINT pk_members PRIMARY KEY (id), 
	CONSTRAINT uq_members_number_tag UNIQUE (number_tag), 
	CONSTRAINT uq_members_card_tag UNIQUE (card_tag)
);
INSERT INTO "members" VALUES('0b0b0b0b-0000-4000-8000-000000000001',X'0101010101010101010101010101010101010101010101010101010101010101',X'0101010101010101010101010101010101010101010101010101010101010101',X'0101010101010101010101010101010101010101010101010101010101010101',X'0101010101010101010101010101010101010101010101010101010101010101',NULL,NULL,NULL,0,NULL,'x',1795992375279041,1,NULL);
CREATE TABLE memberships (
	party VARCHAR(40) NOT NULL, 
	member VARCHAR(40) NOT NULL, 
	role VARCHAR(200) NOT NULL, 
	since DATE, 
	until DATE, 
	CONSTRAINT pk_memberships PRIMARY KEY (party, member), 
	CONSTRAINT fk_memberships_party FOREIGN KEY(party) REFERENCES parties (id), 
	CONSTRAINT fk_memberships_member FOREIGN KEY(member) REFERENCES parties (id)
);
INSERT INTO "memberships" VALUES('ben-carrow','ben-carrow','x',NULL,NULL);
CREATE TABLE merges (
	id VARCHAR(36) NOT NULL, 
	from_party VARCHAR(40) NOT NULL, 
	into_party VARCHAR(40) NOT NULL, 
	document TEXT NOT NULL, 
	merged_at INTEGER NOT NULL, 
	merged_by VARCHAR(200) NOT NULL, 
	undone_at INTEGER, 
	undone_by VARCHAR(200) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_merges PRIMARY KEY (id)
);
INSERT INTO "merges" VALUES('0b0b0b0b-0000-4000-8000-000000000001','x','x','x',1795992375279041,'x',NULL,'x');
CREATE TABLE new_codes (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	why TEXT NOT NULL, 
	edge VARCHAR(40), 
	holder VARCHAR(36), 
	bookings INTEGER NOT NULL, 
	doors TEXT NOT NULL, 
	CONSTRAINT pk_new_codes PRIMARY KEY (id), 
	CONSTRAINT fk_new_codes_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "new_codes" VALUES('0b0b0b0b-0000-4000-8000-000000000001','march',1795992375279041,'x','x',NULL,NULL,'01a22972-db56-743f-83a4-dbad55232980','x');
CREATE TABLE notice_calls (
	notice VARCHAR(36) NOT NULL, 
	called_at INTEGER NOT NULL, 
	called_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_notice_calls PRIMARY KEY (notice), 
	CONSTRAINT fk_notice_calls_notice FOREIGN KEY(notice) REFERENCES notices (id)
);
INSERT INTO "notice_calls" VALUES('01a22972-9afa-74b6-9076-120c4ef68a3c',1795992375279041,'x');
CREATE TABLE notice_digests (
	user_id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	weekdays VARCHAR(7) NOT NULL, 
	hour INTEGER NOT NULL, 
	sent_at INTEGER NOT NULL, 
	next_at INTEGER, 
	CONSTRAINT pk_notice_digests PRIMARY KEY (user_id, site), 
	CONSTRAINT fk_notice_digests_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT fk_notice_digests_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "notice_digests" VALUES('01a22970-db6b-7147-a8c3-4a17e86dc65b','march','x',1,1795992375279041,NULL);
CREATE TABLE notice_pauses (
	site VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_notice_pauses PRIMARY KEY (site), 
	CONSTRAINT fk_notice_pauses_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "notice_pauses" VALUES('march',1795992375279041,'x');
CREATE TABLE notice_preferences (
	person BLOB NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	choice VARCHAR(4) NOT NULL, 
	CONSTRAINT pk_notice_preferences PRIMARY KEY (person, kind)
);
INSERT INTO "notice_preferences" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101','x','x');
CREATE TABLE notice_templates (
	site VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_notice_templates PRIMARY KEY (site, kind), 
	CONSTRAINT fk_notice_templates_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "notice_templates" VALUES('march','x','x');
CREATE TABLE notices (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	about VARCHAR(36) NOT NULL, 
	party VARCHAR(40), 
	channel VARCHAR(4) DEFAULT 'mail' NOT NULL, 
	contact_address VARCHAR(200) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	made_at INTEGER NOT NULL, 
	due_at INTEGER NOT NULL, 
	tried_at INTEGER, 
	attempts INTEGER NOT NULL, 
	ended_at INTEGER, 
	subject VARCHAR(400) NOT NULL, 
	reply VARCHAR(500) NOT NULL, 
	whole BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_notices PRIMARY KEY (id), 
	CONSTRAINT fk_notices_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "notices" VALUES('01a22972-9afa-7fc0-9d35-4ed0097c5c9f','march','01a22972-9afa-7cff-9247-e811138735db',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991857304542,'Confirmed: March Tai Chi, 52 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-751d-9cd8-57e3996fa7ca','march','01a22972-9afa-798b-a04d-209ea8258faf',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991805754746,'Confirmed: Stay and play, 52 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-7d82-b2b8-e65340e2b6fd','march','01a22972-9afa-7a64-bc85-5faaf762698e',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991837052894,'Confirmed: March Choral Society, 52 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-7f8d-98bb-2f4dcbb6a59a','march','01a22972-9afa-7179-a518-7f38741ac8a5',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991845342818,'Confirmed: Job club, 51 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-76f7-81d1-1dc0bd789820','march','01a22972-9afa-7252-bc0f-961d995c886f',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991822472367,'Confirmed: Tea dance, 50 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-74b8-a891-4749e4fc1169','march','01a22972-9afa-70b7-b3f4-8b084e5421ef',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991790834495,'Confirmed: Youth club, 50 dates','',0);
INSERT INTO "notices" VALUES('01a22972-9afa-74b6-9076-120c4ef68a3c','march','01a22972-9afa-7ff4-ad53-ea961ef28901',NULL,'mail','','no_address',1795991706362001,1795991766362001,NULL,0,1795991780322859,'Confirmed: Night shelter, 51 dates','',0);
INSERT INTO "notices" VALUES('01a22972-db56-7c96-81dc-c21790e3b1ee','ramsey','01a22972-db56-743f-83a4-dbad55232980',NULL,'mail','','no_address',1795991722838429,1795991782838429,NULL,0,1795991859219668,'Confirmed: Planning exhibition, Main hall, Thu 3 Dec, 12:00 to 17:00','',0);
INSERT INTO "notices" VALUES('01a22972-dc28-74fc-8192-519e338274d1','ramsey','01a22972-dc28-7806-9b5c-a52c0f5827a4',NULL,'mail','','no_address',1795991723048391,1795991783048391,NULL,0,1795991859372626,'Confirmed: Birthday party, Main hall, Sat 5 Dec, 14:30 to 17:30','',0);
INSERT INTO "notices" VALUES('01a22972-dcab-709f-845c-b4c07e28a6b5','ramsey','01a22972-dcab-7334-9503-65d32f15f9bf',NULL,'mail','','no_address',1795991723179992,1795991783179992,NULL,0,1795991860086946,'Confirmed: Allotment society committee, Meeting room, Wed 2 Dec, 19:30 to 21:00','',0);
INSERT INTO "notices" VALUES('01a22972-dda8-79e4-9b1d-a344560332a3','march','01a22972-dda8-7e8a-8fc4-9c434ea5dc54',NULL,'mail','','no_address',1795991723432436,1795991783432436,NULL,0,1795991862046265,'Confirmed: Family history workshop, Meeting room, Tue 1 Dec, 10:30 to 12:30','',0);
INSERT INTO "notices" VALUES('01a22972-de44-7825-b98f-2f8ea99623cd','march','01a22972-de44-7f2d-b6fd-dcbccd13f117',NULL,'mail','','no_address',1795991723588542,1795991783588542,NULL,0,1795991869321296,'Confirmed: Residents'' association, Meeting room, Thu 3 Dec, 19:00 to 20:30','',0);
INSERT INTO "notices" VALUES('01a22972-df7a-7c15-971a-fada60c9e9e5','soham','01a22972-df7a-7e04-93bf-09cce5094ae0',NULL,'mail','','no_address',1795991723898378,1795991783898378,NULL,0,1795991872770081,'Confirmed: Blood donors, Hall, Mon 30 Nov, 13:00 to 17:00','',0);
INSERT INTO "notices" VALUES('01a22972-e5de-71c6-8e4d-a77cede9b226','soham','01a22972-e5de-7e8d-93a5-9c3c21c19ad9',NULL,'mail','','no_address',1795991725534450,1795991785534450,NULL,0,1795991873571522,'Confirmed: Jumble sale, Hall, Sat 5 Dec, 10:00 to 13:00','',0);
INSERT INTO "notices" VALUES('01a22972-e826-767a-9853-6b17f8839aee','soham','01a22972-e826-7814-954b-b37288145cad',NULL,'mail','','no_address',1795991726118785,1795991786118785,NULL,0,1795991874413011,'Confirmed: Hearing aid clinic, Consulting room, Tue 1 Dec, 10:00 to 12:00','',0);
INSERT INTO "notices" VALUES('01a22972-fbdb-7489-b7e5-20796e543bc0','ramsey','01a22972-fbdb-746d-b9cf-e530043744f2',NULL,'mail','','no_address',1795991731163066,1795991791163066,NULL,0,1795991875131177,'Confirmed: Tai chi for beginners, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-1036-7260-9df9-8c85ab7af8df','ramsey','01a22973-1036-72df-8977-dd57df410641','brass-band','mail','','no_address',1795991736374003,1795991796374003,NULL,0,1795991876247603,'Confirmed: Brass band practice, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-1e77-7eed-a5a8-b306e45b43e9','ramsey','01a22973-1e77-7cb2-ada8-810cc907a270','family-services','mail','','no_address',1795991740023040,1795991800023040,NULL,0,1795991877518902,'Confirmed: Baby rhyme time, 6 dates','',0);
INSERT INTO "notices" VALUES('01a22973-2d5d-7a25-873a-0074f8a2c606','ramsey','01a22973-2d5d-700e-905e-bbdcbee5dc9c','great-whyte-choir','mail','','no_address',1795991743837283,1795991803837283,NULL,0,1795991886227786,'Confirmed: Great Whyte Choir, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-4a4d-7852-876f-e225a4bc0555','ramsey','01a22973-4a4d-77be-85f4-12e501b6cd00','pilates-studio','mail','','no_address',1795991751245229,1795991811245229,NULL,0,1795991888709275,'Confirmed: Pilates, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-522e-7065-b405-5bde74e86cb5','ramsey','01a22973-522e-73af-93b0-fae5fe0d9f87','drama-society','mail','','no_address',1795991753262372,1795991813262372,NULL,0,1795991890951000,'Confirmed: Drama society, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-5e29-7398-ac75-ebde1ff28db2','ramsey','01a22973-5e29-79fb-8e6f-6ba6b7d3f17b',NULL,'mail','','no_address',1795991756329856,1795991816329856,NULL,0,1795991892152326,'Confirmed: Sunday fellowship, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-7242-7a58-9757-20f3b3e4b706','ramsey','01a22973-7242-778a-b4e1-1299e8afdd4a','citizens-advice','mail','','no_address',1795991761474293,1795991821474293,NULL,0,1795991900582993,'Confirmed: Citizens Advice, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-81e1-7105-b79f-eaf8da07e880','ramsey','01a22973-81e1-7574-9644-792a4448ea61',NULL,'mail','','no_address',1795991765473548,1795991825473548,NULL,0,1795991902312823,'Confirmed: Knit and natter, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22973-a63a-79a9-b013-cc58ccd13945','ramsey','01a22973-a63a-730b-9757-38f95baa386b','job-club','mail','','no_address',1795991774778966,1795991834778966,NULL,0,1795991902954284,'Confirmed: Job club, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22973-bfc6-7d21-bb50-357bf50a3ea2','march','01a22973-bfc6-731f-bc94-4c0279a866c2',NULL,'mail','','no_address',1795991781318239,1795991841318239,NULL,0,1795991904220558,'Confirmed: English conversation, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22973-d5f4-71b5-a183-d5b6c8f6dc6e','march','01a22973-d5f4-7b18-8de7-b4b6e2562a0c','health-visitors','mail','','no_address',1795991786996224,1795991846996224,NULL,0,1795991904799772,'Confirmed: Health visitor drop-in, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22973-eae0-753f-9251-a9ccf12d9985','march','01a22973-eae0-7d23-a1e9-41c9fd68d629',NULL,'mail','','no_address',1795991792352435,1795991852352435,NULL,0,1795991907558998,'Confirmed: Code club, 5 dates','',0);
INSERT INTO "notices" VALUES('01a22973-f6bb-733d-8c68-2e9f636d0ff9','soham','01a22973-f6bb-7498-bba9-9aea90c459b7',NULL,'mail','','no_address',1795991795387985,1795991855387985,NULL,0,1795991911309944,'Confirmed: Gentle exercise, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22974-115e-7ced-a160-20cf02476b9d','soham','01a22974-115e-7666-9190-3e83fd416fb9','scouts','mail','','no_address',1795991802206878,1795991862206878,NULL,0,1795991912911391,'Confirmed: Scouts, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22974-215c-77d5-8b8e-90cb9d9c174e','soham','01a22974-215c-7380-a96d-a068ba0c3d22',NULL,'mail','','no_address',1795991806300300,1795991866300300,NULL,0,1795991914693860,'Confirmed: Ukulele group, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22974-2d9e-7439-8073-5c8573b17ba0','soham','01a22974-2d9e-7685-829f-573806f70547','post-office','mail','','no_address',1795991809438768,1795991869438768,NULL,0,1795991914968063,'Confirmed: Post office counter, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22974-3296-7080-9d31-c0fbd38a0a14','ramsey','01a22974-3296-77df-acbe-acbb33b29721',NULL,'mail','','no_address',1795991810710443,1795991870710443,NULL,0,1795991915361805,'Confirmed: Sewing bee, 7 dates','',0);
INSERT INTO "notices" VALUES('01a22974-3d88-7092-a286-14582ccb25ab','ramsey','01a22974-3d88-7d14-a327-9b09f5bf80af','fenland-fairs','mail','','no_address',1795991813512381,1795991873512381,NULL,0,1795991915537730,'Changes: Makers'' market, 4 dates','',0);
INSERT INTO "notices" VALUES('01a22974-677a-7c07-a0bc-fba777114cce','ramsey','01a22974-677a-7a78-bfd7-2932875cd206','county-council','mail','','no_address',1795991824250681,1795991884250681,NULL,0,1795991916969142,'Confirmed: Adult learning tutors, 8 dates','',0);
INSERT INTO "notices" VALUES('01a22974-7aa4-730e-96ad-509b968c1a79','march','01a22974-7aa4-7933-981e-6fad4ec96cbb','family-services','mail','','no_address',1795991829156467,1795991889156467,NULL,0,1795991917121411,'Confirmed: Lego club, 6 dates','',0);
INSERT INTO "notices" VALUES('01a22974-91d1-7c51-9bdd-850068614145','march','01a22974-91d1-7d5c-a333-55c911bd82f1',NULL,'mail','','no_address',1795991835089967,1795991895089967,NULL,0,1795991917244846,'Confirmed: Archive volunteers, 6 dates','',0);
INSERT INTO "notices" VALUES('01a22974-9eda-7842-b7a2-1a6ff04fd8c8','ramsey','01a22974-9eda-73b9-a872-58d3d2f0e957','model-railway','mail','','no_address',1795991838426646,1795991898426646,NULL,0,1795991917366489,'Requested: Model railway exhibition, Main hall, Sat 19 Dec, 09:00 to 13:30','',0);
INSERT INTO "notices" VALUES('01a22974-ad6b-75c8-8797-2bb2855d7423','ramsey','01a22974-ad6b-7dce-88b3-bd5e03f9dc73','fenland-fairs','mail','','no_address',1795991842155423,1795991902155423,NULL,0,1795991918657415,'Requested: Wedding fair, Main hall, Sun 27 Dec, 14:00 to 19:00','',0);
INSERT INTO "notices" VALUES('01a22974-b747-74a5-86e3-df54306d6730','march','01a22974-b747-7595-ae59-7fa7ac8e0bad',NULL,'mail','','no_address',1795991844679200,1795991904679200,NULL,0,1795991925963552,'Requested: Film night between the shelves, Library floor, shelves away, Sun 13 Dec, 18:30 to 21:30','',0);
INSERT INTO "notices" VALUES('01a22974-e3e6-7193-a514-d696ed56d8db','ramsey','01a22974-e3e6-785c-94c5-cbe283631a86',NULL,'mail','you@example.org','sent',1795991856102492,1795991916102492,1795991932336544,1,1795991932336544,'Confirmed: Try the front door, Studio, Sun 29 Nov, 22:30 to Mon 30 Nov, 06:45','2.0.0 in the inbox',0);
CREATE TABLE offline_codes (
	id VARCHAR(36) NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	starts INTEGER NOT NULL, 
	quarters INTEGER NOT NULL, 
	slot INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	issued_at INTEGER NOT NULL, 
	issued_by VARCHAR(200) NOT NULL, 
	revoked_at INTEGER, 
	CONSTRAINT pk_offline_codes PRIMARY KEY (id), 
	CONSTRAINT uq_offline_codes_site_door_starts_quarters_slot UNIQUE (site, door, starts, quarters, slot)
);
INSERT INTO "offline_codes" VALUES('0b0b0b0b-0000-4000-8000-000000000001','01a22972-db56-743f-83a4-dbad55232980','ramsey','x',1795992300000000,1,1,1795995975279041,1795992375279041,'x',NULL);
CREATE TABLE old_secrets (
	site VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	name VARCHAR(16) NOT NULL, 
	secret BLOB NOT NULL, 
	offline BLOB, 
	since INTEGER, 
	until INTEGER NOT NULL, 
	CONSTRAINT pk_old_secrets PRIMARY KEY (site, door, name), 
	CONSTRAINT fk_old_secrets_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "old_secrets" VALUES('march','x','x',X'0101010101010101010101010101010101010101010101010101010101010101',NULL,NULL,1);
CREATE TABLE outages (
	log_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	CONSTRAINT pk_outages PRIMARY KEY (log_id, seq), 
	CONSTRAINT fk_outages_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "outages" VALUES(1,1,'ramsey','x',1795992375279041,1795995975279041);
CREATE TABLE override_doors (
	override VARCHAR(36) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	on_version INTEGER, 
	on_at INTEGER, 
	off_version INTEGER, 
	off_at INTEGER, 
	CONSTRAINT pk_override_doors PRIMARY KEY (override, door), 
	CONSTRAINT fk_override_doors_override FOREIGN KEY(override) REFERENCES overrides (id)
);
INSERT INTO "override_doors" VALUES('01a22977-47d9-7540-a318-5fcba5782dfe','front-door','ramsey',1795992012823,1795992013741363,NULL,NULL);
CREATE TABLE overrides (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	whole BOOLEAN NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	made_at INTEGER NOT NULL, 
	ended_at INTEGER, 
	ended_by VARCHAR(200), 
	ended_why TEXT, 
	CONSTRAINT pk_overrides PRIMARY KEY (id), 
	CONSTRAINT ck_overrides_order CHECK (ends > starts), 
	CONSTRAINT fk_overrides_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "overrides" VALUES('01a22977-47d9-7540-a318-5fcba5782dfe','ramsey','lock_down',0,1795992012761783,1796006412761783,'drill','warden',1795992012761783,NULL,NULL,NULL);
CREATE TABLE parties (
	id VARCHAR(40) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	name_key VARCHAR(600) NOT NULL, 
	tier VARCHAR(10), 
	organisation VARCHAR(40), 
	responsible VARCHAR(40), 
	responsible_user VARCHAR(36), 
	site VARCHAR(40), 
	contact_name VARCHAR(200) NOT NULL, 
	contact_phone VARCHAR(200) NOT NULL, 
	contact_email VARCHAR(200) NOT NULL, 
	notes VARCHAR(2000) NOT NULL, 
	one_off BOOLEAN DEFAULT false NOT NULL, 
	ended_at INTEGER, 
	forgotten_at INTEGER, 
	created_at INTEGER NOT NULL, 
	created_by VARCHAR(200) NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_parties PRIMARY KEY (id), 
	CONSTRAINT fk_parties_organisation FOREIGN KEY(organisation) REFERENCES parties (id), 
	CONSTRAINT fk_parties_responsible FOREIGN KEY(responsible) REFERENCES parties (id)
);
INSERT INTO "parties" VALUES('county-council','organisation','County Council','county council','council',NULL,NULL,NULL,NULL,'Bookings office','01632 960 200','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('soham-friends','organisation','Friends of Soham Hub','friends of soham hub','community',NULL,'olive-trent',NULL,NULL,'Olive Trent','01632 960 224','','Ten volunteers run the building',0,NULL,NULL,1795991686087415,'import:warden',1795991686208396,'import:warden');
INSERT INTO "parties" VALUES('citizens-advice','organisation','Citizens Advice','citizens advice','partner',NULL,NULL,NULL,NULL,'Tom Hargreaves','01632 960 208','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('post-office','organisation','Post office counter','post office counter','partner',NULL,NULL,NULL,NULL,'Farah Siddiqui','01632 960 217','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('pilates-studio','organisation','Kowalska Pilates','kowalska pilates','commercial',NULL,NULL,NULL,NULL,'Ania Kowalska','01632 960 205','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('fenland-fairs','organisation','Fenland Fairs','fenland fairs','commercial',NULL,NULL,NULL,NULL,'Gordon Pike','01632 960 228','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('ruth-allen','person','Ruth Allen','ruth allen',NULL,NULL,NULL,NULL,NULL,'','01632 960 204','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('marcus-bell','person','Marcus Bell','marcus bell',NULL,NULL,NULL,NULL,NULL,'','01632 960 206','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('ben-carrow','person','Ben Carrow','ben carrow',NULL,NULL,NULL,NULL,NULL,'','01632 960 215','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('olive-trent','person','Olive Trent','olive trent',NULL,NULL,NULL,NULL,NULL,'','01632 960 224','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('health-visitors','group','Health visitors','health visitors','partner',NULL,NULL,NULL,NULL,'Amina Yusuf','01632 960 212','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('family-services','group','Family services','family services',NULL,'county-council',NULL,NULL,NULL,'Priya Nair','01632 960 203','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('job-club','group','Job club','job club',NULL,'county-council',NULL,NULL,NULL,'Dev Patel','01632 960 210','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('great-whyte-choir','group','Great Whyte Choir','great whyte choir','community',NULL,'ruth-allen',NULL,NULL,'Ruth Allen','01632 960 204','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686306889,'import:warden');
INSERT INTO "parties" VALUES('brass-band','group','Ramsey Brass','ramsey brass','community',NULL,NULL,NULL,NULL,'Colin Dent','01632 960 202','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('drama-society','group','Drama society','drama society','community',NULL,'marcus-bell',NULL,NULL,'Marcus Bell','01632 960 206','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686314013,'import:warden');
INSERT INTO "parties" VALUES('scouts','group','First Soham Scouts','first soham scouts','community',NULL,'ben-carrow',NULL,NULL,'Ben Carrow','01632 960 215','','Under 16s',0,NULL,NULL,1795991686087415,'import:warden',1795991686318696,'import:warden');
INSERT INTO "parties" VALUES('model-railway','group','Model railway club','model railway club','community',NULL,NULL,NULL,NULL,'Pauline Rowe','01632 960 226','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
INSERT INTO "parties" VALUES('salsa-club','group','Salsa club','salsa club','community',NULL,NULL,NULL,NULL,'Ines Cabral','01632 960 227','','',0,NULL,NULL,1795991686087415,'import:warden',1795991686087415,'import:warden');
CREATE TABLE party_documents (
	id VARCHAR(36) NOT NULL, 
	party VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	valid_from DATE NOT NULL, 
	valid_until DATE, 
	seen_by VARCHAR(200) NOT NULL, 
	notes VARCHAR(2000) NOT NULL, 
	media_type VARCHAR(40), 
	size INTEGER NOT NULL, 
	reminded_days INTEGER, 
	CONSTRAINT pk_party_documents PRIMARY KEY (id), 
	CONSTRAINT fk_party_documents_party FOREIGN KEY(party) REFERENCES parties (id)
);
INSERT INTO "party_documents" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ben-carrow','x','2026-11-29',NULL,'x','x',NULL,1,NULL);
CREATE TABLE passkeys (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	credential_id BLOB NOT NULL, 
	public_key BLOB NOT NULL, 
	sign_count BIGINT NOT NULL, 
	created_at INTEGER NOT NULL, 
	last_used_at INTEGER, 
	CONSTRAINT pk_passkeys PRIMARY KEY (id), 
	CONSTRAINT fk_passkeys_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_passkeys_credential_id UNIQUE (credential_id)
);
INSERT INTO "passkeys" VALUES('0b0b0b0b-0000-4000-8000-000000000001','01a22970-db6b-7147-a8c3-4a17e86dc65b','x','0b0b0b0b-0000-4000-8000-000000000001',X'0101010101010101010101010101010101010101010101010101010101010101',1,1795992375279041,NULL);
CREATE TABLE pending_sign_ins (
	token_hash BLOB NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	method VARCHAR(10) NOT NULL, 
	expires_at INTEGER NOT NULL, 
	CONSTRAINT pk_pending_sign_ins PRIMARY KEY (token_hash), 
	CONSTRAINT fk_pending_sign_ins_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "pending_sign_ins" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101','01a22970-db6b-7147-a8c3-4a17e86dc65b','x',1795992375279041);
CREATE TABLE plan_parts (
	digest VARCHAR(64) NOT NULL, 
	size INTEGER NOT NULL, 
	packed BLOB NOT NULL, 
	CONSTRAINT pk_plan_parts PRIMARY KEY (digest)
);
INSERT INTO "plan_parts" VALUES('f33896622bc24ef7da3e1e7b5961bb143ccf307ca4513919313938d48f33e890',67,X'7801AB562AA92C4855B2524ACEC92FCECC4B57D2512A4F2CCA8BCFCDCC2B2D492D56B28A3634D5318DD5512A4E4D2E2D4A8D2FCF2CC9C844923636A805001B6E179B');
INSERT INTO "plan_parts" VALUES('929ae78185d3ce72ed61da78fd75290c03f8913f8d5d90fc682bf0281ba03c6e',35,X'7801AB562AA92C4855B252CA2F4B2D2ACA4C492D56D241625B45C7D60200E0500C85');
INSERT INTO "plan_parts" VALUES('11879c2c60b3804d579b97f6490ac844fc6b2c761e911fbb9b071fa34f320774',8712,X'7801CDD9CD6EE2301000E05759F91C56F9E1FF01FA049C7655A190380501094AD2438578F71DB3DBF104CF8626983A522F8969E663ECC958F82CEA8F93144BB12DDECB4A78222D8A122EB3B2C8EBD1F5C213797C541F7951F77EFCBBB72D0EE9BA12CBC94FDF135B09177156CB52DD9AFAEA5E52A4727D90F95BBD855B9E38C555B589933D3CA8C8328854C9A494355CA6F3208AD2641A8D836492F91335768A7378D2EFB348DFCB5DFE26966751D571A93E1EFAE1741404A370B1F2FDE5F5EF17FC8BCC533218F92B7FFE3978F1E0FB48F80A597CA8A427E22491A75A3D5F6C8A620FCF5F2B2D3C0464875D2E3F2F21E495BA971F6BF58565295E2F5E1BAA1197418528EE8D3ACAE306129DC465BA3EED72952D93A9F29FD7659CD4309DF7CD9AD53487233F7091C89BB80C2A185C22AF66CDE2CC4F59915F9FEABF424418C270A5F9BD9727B3185BD71FA0685C0E357E4621774A1B0811C10875F9F44E9BE5AABE6655B30CF3D8D154D3B81C6AE67CAA41880843387194361A9743E1E2ECBDFE98B2ED5421204484219C39EA21342E83D2F5D13B6DF6CB76B6D22CC33C7794481A974159681BF6133927B5CA99B10FF69EFC476B06848830840BC2B729BCD78C695C0E85556E13D5E95503424430425D3EBD85F617E3A2A5AA83C0CD5437E2DE26520D621FEC9DC8072BA481308474DB685378A742021A9743E1E2B489EA52214A8808433876D343021A97410DB16CC1AC598679E22891342E831A62330EDA36B06A10FBA0B39AA10823AB53476F681A974361953B4B1B0811C10875F9F4165A6FC6C1B4ADAAE9B6B1B799E97BF7BA0A8D6B241206DD37638A308474DBF89D69A37139142E4E9BA84ECDB86DBB1A3AFA75B511F7366D3038C4B26DB00C73E8A61987342E831A623306B3667166E7CD580911610823C2B759D577DED0218DCBA19CBF6A9410118C7090551D91978D6186233E5C07DF39D5342E83D2E5D31B657D5703C7A19AC5999F92C82E9D500911712B848353CDEF9DD5EEFBAE465C0E85056513D5256D4A88084638C4AA06B36611F30CCE939BE77D36B3FAFF17B819974361966DA2BE38D528448421841F501E3FF4662BE4F5F20707F864E1');
INSERT INTO "plan_parts" VALUES('a33ef66eaf24818e5b84773c4520b4c49469d460438ae07bf6399269f4447adb',8699,X'7801CDD95F8FA2301000F0AF72E9335E00FFAE9FE11E7DBACBC620D4D5A8600A3E18E377BFA9DE4E073BE10E966B49F6056A989FD34EA72B37515DCF522CC5AEB8A85204222B0A0597C7FD4625EA3A7A5C06224F4EFA433F9E77BFFDB9BB2B8ED9BA14CBE9F730103B0917C9B6924ADF9A85FA5E5A64727D94F947B5835B81382765B949D2033CAAD86E215A2953252BB894DBE9229A84E3384C93D9FC39764E7278D2AF9BC82E6A9F7F88E54D9455A2F4C7E3309E8DA26814BFADC270F9F8FB098F93794606C7E12A5C7C0EDE03B15512BEC43639963210499ACA73A59F2F36457180E7AFB5161E02B2E33E979F9710F2C139C8EB5A7F61A9C4FB3D6842D5E232A818C59D512779DA40A2D34465EBF33ED799B4993AFF79A592B48229FDBBD9B0EAE67814463E12F912974145834BE4C36C589CD95E9195BA7C7141FEFB4C3F8168B080F1CAE83BAF4E662D362E3F40D1B81C6A62D5B1E3AC01100D0CD0144FE7ACF55CD38FA41A96659E789A691A9743CD7DCF3400D16001A79EB246E372285C9BB8FC1CD70700D16001E79EFA078DCBA04C7560D6DA9E0EFA2FDAF9CAB02CF3C25322695C06D543CFE83F910B52AA9C199B204EBEE39201201A2CE01BD123B0EDEAECD088695C0E85458E28C75903201A18A0291E04B6CD5AFF4BF1ADA1A6A3C8CF4CD7E2BE26520F6213C444BA9DE99AC102D2032302DBCE74FBFA88685C0E856B13518EB3D674508D267EFA472DAE95B509A90ECC5ADBA9ECBD68C16CF612CB3CF594481A97410DB111474D67573D884D1027DF71C9508395D499A7ED99C6E550DE371A00A281019AE2C169F55FD3B3A69AA607C6CEE60E2D85C6B5120983DE1B313558407A607499351A9743E1DA4494E35DA5E9A01A7BFA45B516F7356B3038C4A2ADB12C73ECA711C7342E831A622306B3617166DF8D5803D16001C7448F35DDB6A5B4DF9E631A9743F9DE6834100D0C7090353D265B8D6586977AB80C5CCE348DCBA04CF17446F5FE5F0ABC00352CCE6C27D26D1BD44034BC02E14DA9D1774E6AFB9AAEC5E550584F88729B350D4403031C624D83D9B088790EEF8FEB2FF830A9FF75F7B6E37228CC32A29CCD3402D16001E1F79AAFBFE366EBE3FDFE1BF86D61B2');
INSERT INTO "plan_parts" VALUES('8c1a13c12ae1107a211d8b005993c8c17708fa949faf6d4624a33c6e3eb58b07',2830,X'7801A596C16E83301044FFC56790BC0E01C277E4D4AA874890AA87D22810A915E2DFBBA692BD60B285B5C4EDB1A3F1788C1954FF736B54A53EBFEAA65389EA6E97B653D5EBA0EAC7FDA37D57D5A0BAFE72EFF11DA34D9E02A4077DD665A5353E2F38D2B4F51C1A4B2638269330E2E6BBC7F79A5A8DC97369936A782A3D418892F6D373D77FD26E49DE35AEFC7AFDDFB43933CA08B3308FEDCA6E38F06CCE3149679C698485D8F4915346E856B43BE8826B47111547C949976445DEF4D64ED3E9601311CA8B7722BE026584F2A4E9F08A7244F10018D3168A8B07DC39B4501C07644C3B10C6C471E4A4E951DA5D3CA0D3CB4DB4505C3CC8B93D44284F9A0E079EF3A8A4B9730808E5C5E3CE21D0A3E4F770DB0560B8FB106144F18C618A87D05F69DEF4C62FDE6C7AB989168A8B670EC457A08C505C3CABEC86579463923E7149D3EEEC4F9A4E07AE118A93C69F3CDF80A5B2852E2C6F7A5BA767C32BCAB2A40BFC774C35AD2D91769033FD36FE02D029F8ED');
INSERT INTO "plan_parts" VALUES('52a213e572340525f8ede9a8d995858f2a3a3d7ec2b27da7718b563f3eac5f36',8389,X'7801CDD9DF6EDA301406F057997C1DA638FCE701F6045C6DAA50484CA9800425E1A242BCFB8ED9FAE580CFD002D4AED49B246DCE8FCF8E7B4C8EAA79DF1B3553EBF250D52A5279595674B8AACAA2E99D0F2255A43BFB2B3FECB96F7FCFADCB6DBEA8D56CF83D8ED4DAD041BA6A4C654F8D627B2E2B73B3D89AE2B559D3A948EDD3BA5EA6D9866E54AE5654A93659651A3AEC8F2699EEC7CB699A26CB4936B4D7F6694177FA7554F9A17A2B5ED5ECA8EA26ADECAF277132EA69DD4BA6F3389E9D7F7ED29F98226717FBF15CE3E229A2CF63E823ACD26D6D22956699D937F6FE6A59961BBAFFC26AE92624DBBE15E6E3904A9EA91BF3BEB01FD854EAE514DD425DD49550E30F31504D7578D064C32E9A2ACD1A1ABBFF00C2200093C753DB99DD9266429656F962FF56D8E17473EC686E5997E6A417EB10237D5557420D838EF41F200C0E3009941AAF2BA13037833C1F941A01617080FDB94E9C61FDEC558550BCAE848238546A0484410026FAE1D49EBCAA9C436D598E7910E8F9E0752514520E35D20484C1010E03A5C6EB4AA88133FD7CFED7A5B94640181CE038506ABCAE84C238879A6B04844100B64D01805DD7E2E7AF2AE379CB72CC934023CDEB4A28F40908D2F3F34140181CE034506ABCAE84C2DC0C951A0161B8066ADA0185E8552EEA4A288803A566813008C0B6290030F8AA42E696E59803ED8034AF2BA1903282F4BBAA58200C0E90EF4400EC3AD2C2CEF6E6063CE9695E5742A14F00CA736A0484C101F2FE14400FA9F1BA120AE30C94E7D46EF5C57AC09A0200BBA6F6F45EE582E584CA7BEABBCD773C1FBCAE84429F0094E79126200C0E7014A657D1BCAE840AFE7C10100607488D7E905E85D7955010879A6BB776409AB61A5FF07B950B96132ADF8920D4AE2BE11DAB0AAF2BA1828F34016170807C27E233355E5742A14F00CAF35A4C4018AE8109EF4F01FCFCB976515742619C81F29B9A05C22000DB2F3000EC9ADAD37B1532B72CC7CC7BEABBCDDD579584D79550E81380F23CD20484C101D297F68FBFEDBB23355E5742616E864AED1F6F33C6F4B2F1FC82C8736A6E5D961A2E621DF49F9A6B708003F6B21EC0AEAB8A38D75E4EBF01143CFA65');
INSERT INTO "plan_parts" VALUES('424e1a505cf79a795a4cf628f4447856011b20a1c801805d0e0b7e63ad5a3ca8',8409,X'7801CDD9D172A2301406E057D9C93576085A519F601FC0ABDD719C08A13A2238402F3A8EEFDE13777B389AB35A206D76A617152CE7F34F484FE4249AB7A3160BB12D5FAB5A04222DCBCABC54793EBAFC1E88421DCC3B7EC2A11F7F0F6DCB3C5DD762113F8581D86A78A1B24657E6D03C34C79232D5EB5C172FCD562CA68138AABADEA8640FD729B30CEAD43AA974032F75A292E934CCE2CD3899CDE399397754055CE9F749A4AFD5AE78118B93A81B5599B74761341D49398AE6CB305C5C7E7EC19FE8222527C7E152E2C97320B24AC327C8545EEB40A824D1C7C65C5F6CCA720FD75F1B2D5C0464F9AED01F2FA1E485BAD76F6BF381752556E7E01EEAAA2E878A3FC42E5126EDA2A954D2C0D07D42880846180D8FEDA00F1B980A89AAD2F5715798F1B483EC686E59D7E668144A1F437D5397433DFB1DEA3F424458C2C8536CB42E87C2C9E9E70E81D84088084B385ECAE82B06F6EE6D0B285A9743A1D85B6C204404238CE4E0D81C2F2C97545B96659E78BA43685D0E85297B1B6A1022C2123E7B8A8DD6E55093C1F36FD0BF31986D204484258C3DC546EB72281C686FB30D848860846D6BD05BE87E6189972DCB32CF3C0D35ADCBA1B059E81DE4D03B048488B084734FB1D1BA1C0A27A7B7D84088885BA184AD908F8EE5AA2E8742B1AFD88C10118CB06D0D7A0B9D2F2C606E5996D9D35648D2BA1C0A53EE1DE4C085C508116109E996C4A5F0414F2F695D0E85CD824BD4E737DED1C808116109699FEA52F828365A9743E140BB44758AED5E7F2C27A435E82D74BFB05096952AEDAD7B9B997BF8D150D3BA1C0A9B0597A84E430D424458C2A99F8E45D2BA1CCAFF1D024244584268F8BD742CB42E8742B1B7D9766F2B2461CFF11F7EC772C5B252A55B1297A93E5A58685D0EE57FA84188084B48B724DF191BADCBA1B0597089EAB41E831011B7C288F6A92E850F66DB555D0E8503ED12D52536234404236CBFCCE82D74DEB180B9655966DA5BF73677EF58225A974361B3E012D569A84188084B085FE20F7F00D823365A9743E1E4F416DB3F1E6FC4F000F2F2C8E89B63B3EB92D8F0242E851E62B3119670421EE1BB14AECEABF33B093A001F');
INSERT INTO "plan_parts" VALUES('99f675523453d4ebb505303c917d17e266b88e0af7b91ac83f1d5a763a6436f1',2643,X'7801A596C16E83301044FFC56790BC0E092DDFC1A9550E9170AA1E4AA340A556887FEF381186E0B0216B29B7971D4F26E3953BD5FE9DAC2AD4D777651B95A8E674A81B55BC77AAFA397FD61FAAE854D31ECE2DBE63B4D9A544E94697A40BED3E6F18B1753583F900FBE4220C0C8DE3D156AA4F1E29FBE13BCAC61F3B2ADBDF160E1E489B54D3A2E92BDCCA4C63D870CA80FE178DA6D7C401E54D4966B0751BC7154629FBE13BCA86866347CF6B83CEB83800FDB9A3F4CA38B69C3260169A5EA99C73CA8072CFD3E120E8BC8C69F40B671A50DEE8574E19501C0761752C36DAC128653F3C0F1ACA118D266E7538E8CF7DB6D1C4AD0E07C58D26EE163A28F73C1D0E82CE621A4DDC057750DC68DA318D76501E072EF872A3A7B7FFE9724C8783A0B13AE43B9AB8D5E1A03C0E6E7510A0B8D186BB850E8A3DDF0CCF83068CD8D186BBE00E8A1B6DF036F0AFA1C034A0248E1CCFA4C5F78C87DC5FB8EFFF01644BC599');
INSERT INTO "plan_parts" VALUES('2ceab4836d30852238e79247603dd20c9330176af8573ed39155d0b560f74072',5579,X'7801C5D8DD6EE2301005E05759F93A592501C2CF03EC13F46AAB0AB989532A688C1C735121DEBD63BA3D9A60AB5A69978CC48D1DF07C398E9D90B3F2EF47A3366A674F6E50996AAD75D4EC9CED7D7E6D64AAD76FE12BBF42DF8F3F7D3B7B68B783DA2C7E1699DA196AE8CE1B17BAEA22F435B635DB83E95FFC8EBA3275D4C3F0AC9B3D0D64BB8E2A0DA671C653B3AC5B5DB7B35AD7F572BD58ADC3B1A3EE69A4C7B36A4FEEB57F519BB31ABC76E1EB5551D57959E6D5FAA12836D7CF6FFA89E95B7670563C943878C9E87C0C9D42A70F83C9946E1A73F4617CF56CED9EC6DF062D0D42B2C36B6FBE9A54F24ADD9BF76D3861E3D4D325FB0E35AA9B422DBFC4407977FA475308BBF74E379EE6EE2F80308C81555E9412A9DDD44DA1E6A2A97D0261888033A1D478DD146A259D1A016188800BA1D478DD140AF32CB242E95A23200C117029941AAF9B42614F914A8D803044C095506ABC6E0A8579964A8D8030DC024B917B68958FEAA650D85384520B401822602573AD95BC6E0A8579964A8D803044C0B9506ABC6E0A853D452A3502C21001F9BD0CC07B3FE5D20AE5755328CC3350533EE57E02618880FC5E06E004A9F1BA2914F614A0264E8D803044C0B5D00AE5755328CCB3546A0484E1165809FDA31AD54DA1B0A708A516803044407E2F03F0FE2BB4E2755328CC3350D3AED000842102F29502E004A9F1BA2914C4404D9CDA772B7426B44247756F530B07B1130BA5363230E0925E13E5055F2900DEF55A8BEBA65082D71A803044C0397B65F97F537BBA7C00CD4D9C6B');
INSERT INTO "plan_parts" VALUES('ce55f624cbb0edf56bc8900ac70e63c222bd829364272ffd4e7ae9626063f6d3',1556,X'7801A594B10E82301086DFE5669AF40E14EC7338691C485A8C8348280E86F4DDBD6A7430E90D67C2F6C1973F1F851596C714C0C1F5E643840AE2D48F11DC71057F9F2FE319DC0A71E9E785EF214B5B83686ABB47EB6CBE0EFC4818FD0F6C3F30552F3163760C43F090AAB2998CC5A2F90D1BB5B996CC0C3BB579239919EA37B79299A1BE73279919AA3763F96C90C950DD1949D89CA17E73239919AA3BA3743632D46F96CE0632D477DE493518AA3793F47567A8EE4CD2D9C850BF59AA41FFD4A8A51A196ADE60CBBF50630B35BE50AA714A4F6B76A1BF');
INSERT INTO "plan_parts" VALUES('8c24bf358d9c9ef9e7ee6c215e4c00f84cd876b77fb43869eb1082e5ccff9654',466,X'78019D51616B833010FD2FF96C6812A326C23ED4CDB56528AC766CED18E3D4D88D16A3D12152FADF97B51BEC5319FB721CEFDEBBE3BD3BA0AD81BAEF50F87C40A5D60685E80DF67B7CEA1DB453A3458236329BFE4E2EA2DB1B777CA2136566CDA37265E6AF031E27BA4BE396B78BEB29BF4256F45E9756956B6DBBED6BA14B65D1C1A27A385FEA7A30BDA530C27C4C192662456448BD90908DA5AA93FED790D2909F87C717E767B1D5130A8CC980610915E0801514CB82530C9E142095F0650EE8E85CB0765FCE971FEE6082D5D4784A6424220F31D7693327456DF4324921C9CC6497CED6FFB6462F59637FB3C60560C1A0B0A5CA4B5EB94AD2027DA5D18F8DB2517CFFF1F809B3F287A4');
INSERT INTO "plan_parts" VALUES('3b4da0c05a1c194c72d4e74aa533c32616a71375914ddf63be6e891cdcde516c',247,X'78014D8FDD0A82401484DF656F6B697F2A6DA18B8A82888822288C885D77B5A85C53C34C7CF74E56D0DD3033DF394C89C24446598AC4AE44DADA04097494970BAE75139D4D010E6F3DE70DEBB6EE8F623349F96A308BB7B1525A2EC2F13062E4EA78EDD16D49ED74DE47009D220D94B2165478F0AD36E0E6E0DAFCF329CD6492418511D6C594614AD6948B764710E241D5D4FC7FD815F41356FBE6EF30F0844AC67A0EC33D1948EC505763972B8E6927503ED13A7038436F242B6203FDEFD8EA05A23D48EF');
INSERT INTO "plan_parts" VALUES('86eccf3ea514061a89992ae52996a2698afab786c025400ae50a67aeb3403068',466,X'78019D515D6BC24010FC2FF76A0EEE2E5EBEA00F86481A69A511A55F94B2E75E558C4693949848FE7B4F6DA14F52FA36CCCEEC32B347B228605B9524783D12CCF3820464095946CFD8226BDD18E656F652B50FC18112934D9BA9B6E9EDA261792793B08EEC223B8C879F7D6FA2C3C10D31A6D5168D4BE5B9418BF7798EDAB0B561F3FA72A9ACA0A88C4430E1502E289753E6075C068CBD18A93EFB7F0D390FFA9761F766FD2C367EC64108DF15D4870FA0AEF44E48BA94A32B6DED4BA185249D7525DA4C3DD818ADEE93F4801B842A66381DECA3F1B33B79C226C6E5E3282ED6E9C869D37F47E3D7A289BF45632828CC95A29E2715708F83648C9CDAA89A9D36557CFFB1FB02700488A0');
INSERT INTO "plan_parts" VALUES('0ef375b11b55a55bf57c5f5929795489c8d528a1a21f208d3a74b8ae94700ce8',247,X'78014D8FCD0AC2301084DF25570D4D36356D035E04BD881645142A22A98DADC41A6D0322E2BBBBFE81B76166BE5DE64ECA469F7C4BD4FA4E0AE71AA248A58F47FAD65D62CD0D1D33B2E3B6669DC1EA120FC334CBE276325FF86869EB603A03232729F06A54DBC0F6094287538154EE1CAA72BB738541F78AAEBB7E3EB55E371E2BC040520E94470B2E54D8538C6558356FFE3F948A7FC2C7A6FB3B8C3CE31A208980267AAF69C4B5A6310341652E84898D08A54CC80BF1B7B3C1FE77ECE30953394810');
INSERT INTO "plan_parts" VALUES('47ec06ef97f0ec8c87556affea6edbc37f3df6bbef5d1951a8086f6e417b2c7f',247,X'7801358F4B0BC2301084FF4BAE1AD8AC8FDA800751F4A61EA2F8406463637D14A36D548AF8DF5D5FB76166BE5DE621D29C4EA1107AF91089F7B9D0624759263FBA2A8EAE64C78F06255EBB73535F4C6EB92F9C69CDA6C961D8BD05D3CF7ABD71FF623AE71041256D0B86F6A78429EB3DAB74BDF18963F7CEAEBF7F3F1581F2C015046C4A8552C50641D71B1A60C155F7E1FF21828148AB6FF85C55FF8799074588718432A62DC9C8D99A2465412A4B9B26016C5B56893712CAB3E3FE6FECF30548174A01');
INSERT INTO "plan_parts" VALUES('92cef1a5ce747e2590f82007181fa1f4c001e2b9b94e966dbec62bdab96f1ed6',466,X'78019D91514F83301485FF4B5FA5B1ADA3A5243EB8B845A36638603333C6B4409101EB2C444616FEFB9A4D139F16E3DBCDB9F7DC9BEFDC3DC88DD8B40DF05FF720D5DA001F7C88AA82C7DA0165D65BA50F834FF358CF1F2653355E972F6215978BD9D24C1671C797A5B858ED4C984FE50E97D7C09A8A4D6A5D526B5BE5EF894E33AB7656D5DDE952D30AD3DA1182088598404222C47DECFA08ADEC6876F4FF6A62EC8F4ECDE1CDF9596CFD080B423823900B2520C38A420FA512264A4A8E25551473303867D0B6C9AD7737BEEFEA757473D5464F9568C228088A3EFE2297735E3CD39A99B870679DFE371A3E8746FE86A65C0625C32348A8479048DD8C518B66D368FB6D66A3F8FEE3700091DA89DB');
INSERT INTO "plan_parts" VALUES('696baad5362b9e8f23ac48d499a311e961e0787980dfd8ec17f1aeafcbdd3686',247,X'78013D8F4BABC2301085FF4BD60627693526E046C58D8F8D158A978B2466D4AA34A5AD6815FFBB737DDCDDE19CF3CD70EE6C57DABCAE98F9B9331F42C90CDBDBD389BF748B1DB1214777B3693648D26B5E8A59315E54CBB31EFA14F738BF4EE66D751885342ECEB7661CFA8CA02CF744B91048EDD69BE091DC0BB9E1F2FE54D5B6ACA922412A0E82834C2498B863005654C517FF1F46092823DEE1E3B7F53D4C3C082BA556926BBBB55C013ADE730239C63ED291EE58EB1CFB43EAA640EA7FC63E9E6BD84A5D');
INSERT INTO "plan_parts" VALUES('7347b9ec85a9707151a958c66add3c22ec9b59e3191887b22e1bb31e97ceff96',199,X'78014D8ECD0AC2301084DF65CF0D24419B9FE7E849F1B026AB06435A4CA496D277773D28C25C86EF8399152AD59AC652C11F57388FE33D952B78900AB576460B871714461109D7BB282CD22ED8B83368F6D0419D3010EB37CC99EB9C4A1C67F02BD4868FC6404BDD0BA584B683565E4ACE81452AF11FBA419A2FDC98BE260A8D5829CF9C3B08C833A92DE0ADDC4E1DB465FA8CFEAE6F6FA68C3A64');
INSERT INTO "plan_parts" VALUES('009578a10b1984f6850a53387ec7f024e6aadc77cf3d72c77f47ba844abd0170',366,X'78019590410AC2301045EF32EB0692696D939CC395E2629AA65A0C4931915A4AEF6E5C28B829BA1918DE87FFF80B441BE3107C047D5CA00DE13AF83368E0821055834C514FAC412398329560B453929495B56A090A8823199BE317722EBFD3E0BB30815E2026BAA50C9063CD04322EF75CE9926BCE0F39687DF70D8578C335D3C7684DB239E2EFCE156028D70C69062DF95A6C685692984432F9F46D57F5A555C2FCA929B634F167CD5301691E5FDB7C165E9FDCBB6918');
INSERT INTO "plan_parts" VALUES('c6750e8e3747901981176d82e3fa59772e7b06e449766d84a71da32abf8bd34a',199,X'78015D8ECD0AC2301084DF65CF0D6C52ED4F9EC393E2619BA41A0C496922B594BEBBEB410FC25C86EF83990DB2CBD9A798415F3618527AF878030D2849A9BE55A2A791442B3B2BBA7AA8853C8E83416BC7B65650419EC838D6EF1402D7C5479B16D01BE4427361A05035422A21F1240F1A917366D145FB079B2FDC99BE26678A63253E43A8C010CFF8B282EE70BF5650D6E933FABBBEBF0191683A3D');
INSERT INTO "plan_parts" VALUES('6b225ac122d7c6b8f8f05d7f3b9a5c6ebaccc10ea20af2181edc63d996e3560e',366,X'78019590410AC2301045EF32EB0666A6C4A639872BC5C5B48D5A2C6931915A4AEF6EBA5070537437C3FBF01F7F86E042687B1FC01E67A8FAFED6FA0B584012E6B26055CA5954A1CD7AE9425153E8DC959A1D6BC8200C52BB14BF4AD7A5776C7DD38F60670851EE310146DE2962457A8FA5CDD1221E52D0F9E61B12BDE192E87370757429E21F5D97412DA9A68D1358834BB6A1890D2BA9AB4A19A32B2143A211FFD4A42D4DFE59F394419C86759BCFC2CB0B05576839');
INSERT INTO "plan_parts" VALUES('be62235db2a81257bc95129eb14e9a02111696fd2c5305924801c03c0cd6dbcf',199,X'78015D8EC10AC2301044FF65CF0D249B92B6F90E4F8A876D1A3518926222B594FEBBEB410FC25C86F7606683E24B093915B0A70DC69CEF215DC182548438742806BA90E81491E8256A6146AD7DEF756BCC000D94999C67FD4631725D429AF202768352E95119A04423140AD51D546BA5E41C59F469FA83E60B77A6AFD9BBEA5949CF181B70C433A1AE607BB99F1BA8EBFC19FD5DDFDF475739BF');
INSERT INTO "plan_parts" VALUES('2bd411f2ee54aaf706b34a35d16dbb045ac3894ea36bc846a5c743ef050beae9',199,X'78014D8ECD0AC2301084DF65CF0D6C56E84F9EC393E26193A61A0C4931915A4ADFDDF5A0087319BE0F663628BE9490530173DEC0E67C0FE90A065033D1D0911A7862D5797B50AC2D2A6DD9B58C38F55643036566E745BF718C529790C6BC80D9A0547E540184D42A4D4A0F47D206517212D1A7F10F121EB1FBC25DE86BF6AE7A51D233C6061CCB4CA82B981EF74B03759D3FA3BFEBFB1BBF9D3A8A');
INSERT INTO "plan_parts" VALUES('fbf71d11733c74b6754234cb90431e15ff011bacc95f68e4f610d311e4de6cac',366,X'78019590410AC2301045EF32EB0666464D9A9CC395E22269132D96B4984895D2BB1B170A6E4497C37B308F3F43F22975434C60F633B8613877F10806902CB3562CB40D56280A52D4D83AD104E73439192469A8208DB6F1453FD9BE2FE7D4C57698C0CC90B2BDE40218590A62C1BC456D5668107745F4B1FD84442FB8147A1B7D937D51E2B5EF2B686C79D3E53B981A97EA4B66D828E114AD05CB9AD1B61BAFE4BF99F42D937FCE3C5490EFE3739BF7C2CB03D9E868A8');
INSERT INTO "plan_parts" VALUES('b01beb8092de6a63995c6a46972b902ae5b24892e4c28bebe62f375ec147da28',199,X'78014D8EC10AC2301044FF65CF0D6C52254DBEC393E261D3AE1A0C6931915A4AFFDDF5A0087319DE8399150A9712C75CC09F5608E3788FF90A1E509331CE1AE5E842CA2207D505CD8A7743EB5AB7270A011A2813F52CFA8D52923AC73C8C33F8154AA5471560D058855AA13918ED11254711390FFFB03DA0FDC24DE86BE2BEB228F99952033DC94CAC0BF80EB7730375993EA3BFEBDB1BC8B63A9B');
INSERT INTO "plan_parts" VALUES('8dde5fa6f3a1b1cc57ae640590df28ae3939fdc02e595065636f203a05ba0065',248,X'78014D8F4B0BC2301084FF4BCE06B66B62DB80070F22882FD09322129BB46A6BA36DA48AF8DF5D5FE06D7766BE1DF6CEB24A97BE666A7567C6B98A299656AEF4FCBDB4586E6F24B9C9B084C33C3E67108D2E709D5EEDE4B8C87783BAE8A7B627C6CDECD04E8D2C6AD16504ED4B43D4D6399AB24DE28C25B521D5359FAADAEBCA5304013B3C400E721108154805B0A4A87DF3FF66A8C4C77CAC5BBFC3C443A011E310B94930E261041D1E6F65C2B5C404521961A8057B21FE76B294FF7EFB7802AD1049CA');
INSERT INTO "plan_parts" VALUES('9bb3f2841fb5603e6b45476b51ce03130fbfcc44d90a4eaad20894a842c56cf7',198,X'78015D8E410E82301045EF326B9A4C074AA1E770A5713194AA8DA425B40912C2DDAD0B5DB8FC792F797F87E452F2312430971D86189F3EDCC1004A26EA3589D152277487ADE80765052BB278531D696EA08234B375457FF03495B9FA30C615CC0E29F3920B20A4564812A84EB231351AC473115D18FFA0FEC2A3D0D7EC6C7645A9B102CB25E2F30646121ED70AF2367F9ABFE7C71BED5A3894');
INSERT INTO "plan_parts" VALUES('4b8b2dc777a85d300a7a23a75285fe48728c8413fccaec4767e80a9e9a1e2de6',248,X'78014D8F4B0BC2301084FF4BCE0D6ED26A6CC0837852848288A0229226692B9546D3407DE07F777D81B7DD99F976D83B29BD6A424BE4F64E8C739E485278D704FA5E2252DB2B4AF3D5ADF4CD7ADCF5AACA1CEB53DC1E17569B6E369966A21EBA4CCD36797D66C9458F084287C620953B8753B9D7CE58543B545DF7A96A83F201231CF88032466358322E93BE04D860D4BEF97F5348F6311FBBE8771879608AF354706A0AA1A8B090D034CE0B0AA9D6B60F69A22C901712AE278BF9EFB78F273F5B4AF4');
INSERT INTO "plan_parts" VALUES('6cd5c4f132a4179f6be6dfc8dd6d66e091671a4eb0669c5b0465496378193715',197,X'78015D8ECD0AC3201084DF65CF1156F323FA1C3DB5F460CCA695060D554843F0DDBB3DB487C25C86EF83990332E51C52CC602F078C293D42BC8105944E29A3959866ED8426EC8469C759A0F19E7A349D238406F2EA3CB17E77CBC2750B714A1BD8037271CFC240A11A8494A2C5936C2D22E7CC22C5E90FEA2FAC4C5F2BF942ACC8BE01EF7824941DEC80F5DA40D9D7CFE4EF787D0308C338EA');
INSERT INTO "plan_parts" VALUES('b14cee05b71c2858ccf25cb9f0f1ff4be3f58bdc6279b61aa3c06b38909e9557',248,X'78014D8F4B0BC2301084FF4BCE86265BA326E0414104C59BA82822B1596B111B6922F581FFDDF505DE7667E6DB61EF2CAF6C190333AB3B73DE57CCB05DE5CBC8DF4B831DF04A52D89E6B319BECC6835B82D81B2E6EAA5F0F8A1062E2F64710F3DE5EC1328E8A8BEF32828AD211B5F59EA67C937987A4D6A4FAFA5315A2AD224540408B4BE0424D85364D6584585214DFFC9F2953233FE663DDF81D265E480BA0DBC05139E46DEC38AE53ABB8CED20C6426B5759ABD90783D21E5BFDF3E9EE1CE4A88');
INSERT INTO "plan_parts" VALUES('175cd691dadfaa2609aa35220d0544e50f47f56c3e804119469a36977ddf3003',197,X'78015D8EC10AC2301044FF65CF0D245BD29A7C8727C5C39A2C1A94A498402DA5FFEEF6A007612EC37B30B342E55A53C915FC79856B298F946FE0411B4274232AB691D5C887A85C4F56B9D00734C1388A0E3AA8130516FD4ECFA7D439E55866F02BD446AF2600350ECAA0D2F668B4D77B4E22728E7FB0FFC24DE87BE2D05814B41D049291D416F083DE2E1DB465DA277FC7B70F0FBB38F5');
INSERT INTO "plan_parts" VALUES('63f00cdadafa5af312a9daf92ab88233f16881a0f0c88333b96fe0e8a4f08137',686,X'78019D925F4FC23014C5BF4B5FA1A1ED5AB62EF101F91304896040128C31DDDA6E285B191BC141F8EE5650833141C3DBC9B9F7B4F9E5DC1D8856222D72E03FEE803466057C108BC5021E7415BCAAD23A095BEAB8451AF7724BD7E3E5B0CCB2B43DA8BD914E6D18D0ADD70971A09BEDB098E557C086E6A9B4A9C018ABA2E7D04865DD8D75CDE6F8535E88556157082275880944788CB88F998FD0CCAEAA43FE6488B14F8FC3FD53F5EB619B475810C25D02B9D002BA8EB04A3B12225D578ED68E83A903F6D56F34BD3269F193AD354DEA335D663C8F8DAC4D2AC9A89289CA90DFB1463E9D1086C2F9E8A1D2E87737D1C56C189D63237FB049293CE82A4F404F8714F2903A54092643464FD97ED776D3642FBD5119A58D9833B44EF9A0BB0848AF8811C6066F0C4B553FB9BE758CEB5D8E76AE36F2CFDAB4077940356441A05C5B1B76B1001F4D17E552D99A3F6F74FF0E0F13C829');
INSERT INTO "plan_parts" VALUES('849be8b8142c3af66edc9370d43a21a39bc63e7512f6edf4e1eab99bfa13f3be',467,X'78019D915D4F83301486FF4BAF69D6968E02893724BA0F594694A09931A6A52DDB609430E2240BFFDDBA39A3177AE1DDC9FB9EA7CDD31E41D1F2BADB83F0E908A4312D08C19A57153CCD0E28556F935B398ACB4AA545AFA37A4E1F2BB74962A6B6131ABDF5F5ACD037D36D30EDEED693F20A5868534B4B0963EC54BCE4462A9B1E6C6A0EE79BF61D6F3BBB4210F1202610B92976433A0E115AD95575E2BF975E88CFE5F0EC5C0EB63CC29C9080111870CD21238243A115835A119F1281B0CE05189C2F35DD9ABAFBE9B6DA29CD96CB60D42CAEC7E96CC7B2C4F8A508E4266A1F924C24EAFE5567F334A68BFFBBF97FB81174297F71938A52C8349150785A42998B3C97D8D51833F081747DA3EC5B7C7EE4F00E90678ABF');
INSERT INTO "plan_parts" VALUES('e18297a0224513decd36e49d512241654717a9523ae43c0d627d9c7dfee43f68',538,X'78018D92DD6AC4201046DF65AE23386A36EA73F4AAA517137FDAD06C0CAB65BB84BC7B2D34250BDB76EF1CBE0F3C7374811C721ED294C13E2DD0A7F4364C2F60812309613AC10C45629DA47A8AD2331E0F41C628252A090DE4995CA8F5571AC73A9E87C9A733D80572A153A981E0E2C050308E0FDC58C92DE78FB518267F1D226EE15AD38F39B8126A657A1FC7061CD56B867201ABF9DADCC4F49E34EB8226A6A353CC382555A0D6BB56ED308F2194BA1F3BA574FC0F17F946740B576CE115AED9B3A2F885F55B69D4CCF42AB2B6EF4357956287B463BD4729FEA554DCADF4B9817299BFDEF1E737AC9F1EE39975');
INSERT INTO "plan_parts" VALUES('5c1751b2b6d0a03bfb939e7daaf6ea7d23f7f96d5d89e72283338c61d4ae8ff4',372,X'78018590DD6AC3300C46DF45D711584A881B3FC7AE3676E11F790B4BED507B7425E4DDE7313ABA5118E8469C0F74F46D50A49439A702E6690397F3DB9C5EC08022CB3C69C6C9468B9A9D45174563143E0CEC1445EFA083B25A2F2DFE6A97A5ADE739857C06B341A9F6541B60C52312A3EA1F68304AB5796C4149E10F1CAF706FF463155FA545D2FBB274E06D3B33D70B9883DABBBB9A41860175E4806E8C018377DE07EA2391BED13C8AD4F61F9E723EFEAB3B5D8DEEE8B232FDF72FBF74896E6589F7E70EEA65FD6AE8A7E7FD13AD466BCE');
INSERT INTO "plan_parts" VALUES('959cbb5090eb4fbe065bb5a6df2ed8ec319c997181f1620153388600e1f88277',468,X'78019D91DF4F833010C7FF97BE4293B64069497C405D62D098E18CC930C6504A19BA50F931185BF6BFAF6E92F8B0F8E0DBDDF7EE73D76F6F0F8A26ADBA1604AF7B20B56E400054A3AB0E9E121B7CE6A391EEE2666C1F855032BCAECB72DDF70F08D5B7431C59F9F8F1A2ADF9329955FD22DCB557C04065250D25B43651F19E69991B7530AA1ECEABDA2E6D3AD34210A11063E8A067C403D70B104A4C6B7EE27F15310EF0B97878B3A7C18647382584FB042A2105F4A593C1D413AE99E7B88A7B2C538E0007FB2F6F7394C44F4515956C55F199BA89D6F7351DB76C6B85CBA46084866C536C16D96E15FFDB1BE6D3F32F782378327ED19B03317228F4A9E290F1CC3311F552CC84A43901DF48377EE5E62F7E2E7938023DCF8A6F');
INSERT INTO "plan_parts" VALUES('602eacdcbf6210f6da0f98efc5461083c5fed79a35e5cd9d49e17e0f9c04a591',468,X'78019D915D4BC3301486FF4B6EBB404ED2A61FE0C51061B33ABA22EA1491B4495ABB8F481BF6C9FEBB71B3E0C5F0C2BBE43DE7C9C9931C50D58A95ED50F27A40D298162548B76665F169334073B57351FA34597A5E5C8FBC4579ED379037265AD7FB6DCE8D98DF734FA86CDF74FAF159CEAE90833E56D25185316E55BD97462A976E5C6A36E7519D15AD752D94508E8162123E9038F183849017D7AA4EFCAF224002E7E2F16DD01FEC780282D238A45817B2C0A1CF35160C222C4BC2888C68043147C7C15F6ECBB15FCD6C385C0FDB29DC8D8B052C7231C98375A66AB5153A1BD9697ACBEC4D6AFEED06717FFD0B6E147AF18B6E0C03611C8785766E8268CC43CD03C28388151A7D2376F7A9DC5BFCFCE4F10B818089C7');
INSERT INTO "plan_parts" VALUES('f5e6a30b7e21e2dfe27b1b088e99be7917645e3703d282b154a89b10fa8ec224',468,X'78019D915D4F83301486FF4B6FA5E1B48CF1917841A2CE8B4D10962C9931867E80836C1556C3C6C27FB76E9278B178E15DFB9EF3F4F4694FA86CF39DDEA3F0E58484522D0A51D1AA9DC6E78D856A793451F654B1CCD60BBFAC32DBABD64DFBD9D4D2DFCCC5E2E6FD2EA57EF71837FD76B65AAB5B64A0CD4E188A296556E51B57429AB433A9EA2EA3F63A6FB569A140A798504C264B08C2891B02AC4DAB3CF3BF8A8484E4521C5EADF160C303C9290D3C8A0B2618F672909831996302DC9950D79712000DD65F6E75A99243E2F8D1AAB6AB43766F2FA3246E74FA209E535BF5DB398DDD68C6FB64D6FDDB8D04E3F5AFB851328A5F75738C8C33C51E088103C201174058C1B98042BAE81BD1C70F69DEE2E727872F6A738AAE');
INSERT INTO "plan_parts" VALUES('56dfe15f26e7548ca7599447be0cbb7714c3bace5786dff4a1d070434ac71f63',468,X'78019D91CB6EC2301045FFC5DB62C96327CE43EA8696482910165429A2AA2A277652A08DC9032511CABFD78246EA0275D1DDF8CEDCB1CFF519E595289A1AF9AF6724B5AE908FB24A170DBE1C26E8A07A231DA7CB42B35D6D65FB4D77BAFB7A8C366555CAB48B8B696F5B3337A6DD5CA9037767F7C898768534AE446B53E5EFA996CAA8AD51757BBDAA6E44D598114A28C740318567E2F996ED13B235A3EAE2FFD504F0E1DA1CDE26E362E3272028F51C8AB34426D861826037F5385699E0947026C0626898FCC596CF57CED34B795A3D2CA2360B3F7A2B96FBC0FE0C5CDA6E833264CBA870D6F11A16E1BFD9C01B9F7F838DC2087E938D61208C63277100272E089CA8CCA3B6054230C366E268FAA33259FCFCE4F00DBECF8942');
INSERT INTO "plan_parts" VALUES('4c172b70743c8adaea93a78f7ffc04867dc05d7ebff32ef9bff4b2ea6662bc74',468,X'78019D915D4FC3201486FF0BB72B099C7E004DBC51AFD68B2D568D7631060A6DBA6565FD72364BFFBBB8D9C48BC50BEFE03DE7E1F0C00995ADACFB0EC59B13D2D6B62846456BEB1E9F371EDA99D145BDF1B3A4D8B6CD96E974D50E3ADA45FB64CF44CAD2E58B781AD365F35949552FCA1BE4A0AAD68E52D6BA55F99E5B6D5C7A74A93D5E4675BD6C7BD70204224C01037F24220EC29890CCB59A33FFAB48694C2FC5E9CD9B0F763CA1124030C085D20AB300049685F131635C010B491E688E26EF2FB781B295782E21B963AF60226EF3C3406F59959107FEA19A35CF68B25857F63EECFEED46C57CFD2B6E4067F1AB6E3EA6C48F9C5B58602E24C520C2C0579CE5A490E81BE9C783716FF1F393D3176B548892');
INSERT INTO "plan_parts" VALUES('cad1ddddeef9838b3f0e8fd4f468a84c046a273ba532b54781c2c54b7e7e00dc',364,X'780195904D8AC3300C46EFA2750C969C38B1CFD155CB2CFC9736B424A136644AC8DD475D74A0A55D14B490789FD0432BE494F3308D19EC61053F4DE7613C8205898EC8B4247A1FBD68A30AC235BE164AAABA374D177AE5A1823CBB90387E72970B8FCB30C66901BB422EEE5A1890242D10796F87D2CA7BED3998C6F802F10137A6BF730A257104EB0A82E32343B9F14472ABDE582A815269D1EADE88CE84863BDD38EC7CD489BEB534567DB4247CC0274BA257CB9F0ACA6DBE7FE6FFBFDB1FE26A65D8');
INSERT INTO "plan_parts" VALUES('a352efdec5c5ed322bb829601f16823411b35f30b862b7f199b6cf85b7b61d4c',364,X'78019590416AC3301045EF326B0FCC8C12C9D639BA6AE942B2A4D634D82612A4C1F8EE9D2C5268681785D97CDE8779FC0D6AAE755AE60AFE6583B82C1FD3FC061E8883C8E0044B4C11DDC1160C867B4C23194ABDF43C58E8A0AE61CC5A7F0FA793C6CB34A7E5027E83DAC2B92910128B2C48EE89C9D3ED9EB598E7F400F90E77A59F6B1E5BD60A1F3A18833E99DA5593D0DEFD626990C95874B1A865A082D6157B247BEC4D2CFFB51CBCF9D352F80E7F588A3C5ABE76D0AEEB6D99EF7DF72F930865DE');
INSERT INTO "plan_parts" VALUES('01cf671871ff49d71ce5258cbc9b40b3484c9047f7b4634c21615ef8a65bf8d9',364,X'78019590CD8AC2500C85DF25EB0692B45A7B9F63568A8BFB933A65A42DDE0B2AA5EF6E5C383032B318C8E6F01DC8C759206BCEC33466708705C2347D0DE3091C107B91AE15EC430AD87A520C413D32C5BA91CD4E95082AC8B38F6AF54F7F3E5BBC0E639AAEE016C8C55F8A0121D9220B72F3C1E4E8797B2BEA98DE20BFE06AF4366B2C6A156E2A88DE9E0CE56E4968AD7EB1AC4DABDE624B2961C791B0270E7D8C897ADDFCD7B273F59F96C22FF8C352E4DDF25841B9CFCF65BEF75D1F81E666C9');
INSERT INTO "plan_parts" VALUES('5f98ef7c80fea8eb9d74c41a94e6b10137f2e758f09e2976eac38971a9f0738f',364,X'78019590410AC2301045EF32EB0E6426356D730E578A8B499B6AB1B4C504AA94DEDDB850507421CCE6F33ECCE32F107C08DD3804B0FB05DC389EBBE108161409735530B6AE7158685158D69541DF8A6165B450AE21833049ED53FD247D9FE2DC0DCD38835D2044B9C40458B1416264DA92B2EA71BB54F443F301E909D744AF93AFA34F15CA33A8253DE9E22D25566BF6C55223296DB07005A12B49D0F9B6E24D4E22FA6FCBCAEA9F964C4FF866C9FC6979C820DEA6C732AF7DD73B8F8965B3');
INSERT INTO "plan_parts" VALUES('9d9a96ef347291dbb68259e65b27f4fb3ef6b39a9f6027cf0b9a67aed6e4b1f0',364,X'78019590CB0AC2301045FF65D61D4826AD797C872BC54592A65A94B698804AE9BF3B2E14145D08B3B99C0B73B833E494733F0E19DC7686308EC77ED88303213D91D5845D6803EA9A2CFA2E29D4DA04D28D88756BA0823CF998B87EF0A713C74B3FB4E305DC0CB9F873614082562809C9ACA570E2711B2EA6A1FD80F20917A6D729C592B822EB0AA2E7277DB97122B1545F2C154AA1566CD97468AC9748B6A955303A8ACEFF6B699DFA6949F209DF2C893E2D771594DBF458E6B5EF720786646596');
INSERT INTO "plan_parts" VALUES('83579f57703fdc95d2bb17deae82572e887052f3a424b994e5674cf040108374',690,X'7801B592DB4FC23014C6FF97BD8EC65ED68D2DF16103C645228E3B1863B6755BA663378B5809FFBB0D48822F266A7C6BBF73BE9EF3CBD7BD92D47ECE5F14EB7EAFB0A2A8154B89EB22E7E0786928CF919012EAB75BD954EDA08533CFB7D97C289C1169AAAE6B77AA9E3376D53224891D7ACB9976AD48539A33E90A8A429E92C7B060915477522D76A7512FDCAFB96CC110EB006100F114352D8D5A10AE656B74F45F1431B2D0A97878689C1F967E887C8C4D8300CC280306A61A084C0601A451141193C5548E3E34BE63EB3AFA536B13535ED5065D245EAA2EBBABF27D5B0DD54E9AA95E6C5EE96DBABBED1BABDFB399E7F57FCE86010BFD00188468C0A490009D328263446333882FD9B234A8FD5A7C4D6E2616EB9BD1D8B3F9A06A6FE6DC36C46032BD7BCDDF12DF5BBA93512998180F7BD8FF4372FF4727C3E6A28C64D29FFFF4F0010EF9C8DF');
INSERT INTO "plan_parts" VALUES('6c9286d5219bbd2ea61f0784201b7e0de009efec30baba4a9588d25d52f7845f',248,X'78014D8FDB0AC2301044FF25AF1A48D226B6015FBC15C13B82A88824261629265A23A2E2BFBBDEC0B7DD99393BEC1DE5A572E184E4F28E8CF72592685B7A17F07BA9A2C25E411A36DCCCA67D15EBF6D865AD2917C5BE3BD3E1D6699CE7CDC9206965E238CA7BB74AB78E00DA390394F61EA67CBDF1C6827A01D55F3E55A7A0CA00114698C09461924E6922632E095940D4BEF93F9351493FE66355FD1D069E50C5585A8B3033DCE09AE6142BCD058EB950248AA348A5097A21E17AB090FF7EFB78020A2148BA');
INSERT INTO "plan_parts" VALUES('dc1e7a71801a8f8f9e3c419f85588114c53f789714b1d351b5532114e110ff14',248,X'78014D8FCD0AC2301084DF25E70692B549DB8007BD7850448B202822699356B1349A06C48AEFEEFA07DE7667E6DB61EFA4F6BA0D1D51DB3B31CE79A248E55D1BE87B89C8C9DE505A3AB118355DB82CC6B9BFE4A7BEA9A6ABB3CE47875EEB39A420E37E26276B99D54382D0B1354815CEE154EF4B672CAA5754DDF553D505ED03468081A41C28972B9EAA5828C63618B56FFECF04AEF8C77CECA2DF61E419D7005932A06084A18960961649C66829625E72484B808ABC90703B5BCC7FBF7D3C0192E34988');
INSERT INTO "plan_parts" VALUES('f0535621f1ba8b8672294fbbc53b3955ea3984422c71421a180d9094647661d3',248,X'78014D8FC10AC2301044FF25D71A48D2AA6DC0B38752905AA128223149A316BA128352C47F776D15BCEDCECCDB619FC479D5851B91BB2731009E48D278E8021D9609696D8F52CDF22A40B4D24951BB5319B5AEEF2E8581B5D185AA6D5E56DBCDDA45CBBB6F1704A17367903A02E0E40E1A8C45F5812A3CC6AA5B503E60443031A35C5011573C95C95432B6C5A81DF83F5370C947F3B59FFC0E23CFB812229BC75498A9A1F3268D69A6334B53AB38D73AD1F698910F12FAABC5FCF7DBD71BE3754AC7');
INSERT INTO "plan_parts" VALUES('a86399971136f445e3703aa7f0ad6d85d9abb2e3916dedf47d51539e74c356c0',248,X'78014D8F490BC2301085FF4BCE06B37489014F8A8227958A1B2289A95A8446DBD4588BFFDD71036F33EFBD6F1ED3A043A1725722B96E90B1B64012ED0B9B3BFC5E5AE894D62025FDFA66A6D5C5F351320BDAE2381CCFB3CB4204C1BDF2035DFAEB72D2F3A4CEF8A98B00CA720394B616A6C376674D0AAA07D5FA4F55E954E120C2088B30659893840A198492901544D337FF67322AE9C77C6C5ABFC3C013AA18EBC41C33131A1C73D5C13ADA8758D058454628A2F50EBD10579F53C87FBF7D3C01EC7F4A99');
INSERT INTO "plan_parts" VALUES('75ce9ede15a19cad5da78ef137f667f862386fd6568f8db93916ddd4636e05e1',370,X'78019590C16AC3300C86DF45E7086C394EB09F63A78D1D9C48D9C2DA38D486B684BC7BD543C70A3B6CA08BF87ED0A77F8322A5CC792910DF361872FE9A970F88606C220ABD4362CFD8936F71086CD07811718127CF020D94358DA2F1CF7438E87A9E17CE67881B949A4E550119EAD0121A7AB1211AA3F3AA4159F819927DC05DE96595B18A465CD7C098F4C85CAF102D99BDF9C59290C73460EF5C8BC11B879D674793F55318A61F964791AAEFE129E7E31F6CDD7F6DFB27D9767F6FA05ED77B3FDF2DEF37EFCD6912');
INSERT INTO "plan_parts" VALUES('f04326569effc6cd10ec3bfd0cf5dab8c4edf1ed5aa3f2e7fab372386b7e0ccc',198,X'7801558EC10AC2301044FF65CF0D249B2635F90E4F8A876D1334284931815A4AFFDDF5A020CC65780F6636A8B1D65472057FDE602CE59EF2153C4845886ED002830962188D12341A2B7A6349EA5E6B7207E8A0CE3445D66FF478705D520E6501BF416DF46C0C50A2150A857447E5BC949C138B31877F88EA0B77A6AF394E2DB2A26D0713F1486A2B788572BF74D0D6F9B3F97BBEBF01D0B33863');
INSERT INTO "plan_parts" VALUES('331cc61b0dea4c215d4a79b2f19782b978ee190a0b918145856cd3044c26bc9e',198,X'7801558EC10AC2301044FF65CF0DEC6E6D6BF31D9E140F6912355892D2046A29FD77D783823097E13D98D920FB9C438A19F4658321A5678877D0806498FBAE56EC1AA7BA06BD1ABA1E956D0E64898F96F90615E4C9582FFAC38CA3D425449716D01BE462E62280915B45ACA83D51AF112567117D74FF90E90B77A1AFC9DBE245A9DB0AAC91915056D0C4B85F2B28EBF4D9FC3DDFDFE810388E');
INSERT INTO "plan_parts" VALUES('762a72e88d5de5ee0e920eab1b1d4f49c8873a547a10b471a9e97f84d6c85c5a',198,X'7801558EC10AC2301044FF65CF0D241B6D9B7C8727C5439AAC1A2C496902B594FEBBEB414198CBF01ECC6C50A8949853017BD960C8F919D31D2C48E5104DA705866310DDADD7C27843A227A794F7074F838106CAE43CB1FE70E3C8758929E405EC06A5BAB9324089AD5028509F94B15272CE2C520AFF10D517EE4C5F13F94AACE8B601EF7824D615AC42B95F1BA8EBF4D9FC3DDFDF5FB5395E');
INSERT INTO "plan_parts" VALUES('2baefe16542e7adca7e969237b3337e19827e98187a0a2a14c0501a931656bd7',198,X'7801558ECD0AC2301084DF65CF0D241B9AB6790E4F8A87CD8F1A94A498402DA5EFEE7A5010E6327C1FCC6C5063ADA9E40AF6B4812BE59EF2152C484588D3A005863E8841D3249CB9F462540399309274CE430775261F59BFD1E3C17549399405EC06B5D1B33140894628145A1ED464A5E41C598C39FC43545FB8337DCDD1B7C88A361D78E291D456B00AE57EEEA0ADF367F3F77C7F033A72391D');
INSERT INTO "plan_parts" VALUES('45f4c279eabf938b0eccbd45dda02f8510a5ada864fc16bacf688f7b82a611bd',248,X'78014D8F4F0F013110C5BF4BAF346947D76A13671771C10111A9B6BBD6D291D56023BEBBF12F719B79EFFDE665EEAC6C6C4C67665677E6111B6658D1604CFCBD74591D5A922A5D631C54E866F334D1C75167E1DA68F75BE54F935CEC6A77D1D3DCDFC6EAB0183282AAE889DA22D2546E1CFA40EA9554BC7EAACEC936892220A0CF257029677260546684585234BCF93F13C0C88FF958777F878917D202E8BCC73380C073EB1DB759D05C6B5528AB85CA64C15E486A4F81F2DF6F1F4FE6094A38');
INSERT INTO "plan_parts" VALUES('fa80cb5618f732726b4548b77d6d7309644267d63b92167dd73b4edee73dad23',198,X'7801558EC10AC2301044FF65CF0D246B6B4DBEC393E2614DB71A2C4931815A42FFDDF5A020CC65780F662A64CE39A498C19D2B5C537A84780307DA10A2ED77AA4364D5D3E015756C95B5EDD892D56D67466820CFE459F43B4D93D425C4212DE02AE442CF220035EE954165CCD158A7B5E42422C7E11F227EE126F435B32F2C8A3934E049464259A5A1DE2E0D9475FE6CFE9E6F6F0CC238C6');
INSERT INTO "plan_parts" VALUES('529fdc68ab99505d46a5eb56b3f06821afac1c5ceeba9056caa7a649668ba93e',248,X'78014D8F5B0B82401085FFCB3EBB38AED7157A884A8BA027232822D65C2B22B774D144FCEF4D17A187819973CE37C374E4548A425724DC752453AA2421C94B5568FA190C72952D4A4B1ED5A699D453FBB9DEDAAB731B2C8EF1C3E6DE6C26C0CCC5986FC6B19A47B7493022085D8A0CA95429EC4E87A3CA24AA0DAAAAF99EAAB428354618308F5A8C8297000F1D3704D862547EF83FD36283D9EF8D6131F26009C6B86F5357324E7DE90554701FA893E6396071E158E48DE8F62E31FFFBB67F016A3E486E');
INSERT INTO "plan_parts" VALUES('a421aabbcb1c6807bc1cafa03e2beea12bf64faf294fe0c16657f09c2230e28c',248,X'78014D8F4B0F82301084FF4BAFD2A42D2F4BE2C903313E2E7A008D318556A2102AA509A2E1BFBBA226DE7667E6DBC93E5161446D5B141D9E486A6D5084CE46D7168F8B834AD58324EF7A315925F2BA49ADC77B13A74A568FB9C89B2DB761157BEE3A0C964D4B93728600BAD412A84C6B988A53AEA502B50355779FAAD60A6321C2080B306598BA3BC223CF8F08D943548DFC9F49D9CF1C8ECEEF30F0840AC678E8625F318EC3C0F53157538EE5940592D24C899CA23762FB9B82FCF7DBE105957949AE');
INSERT INTO "plan_parts" VALUES('67ea33743960ca37b1733c5d7ac82204cfa50971925a278029907fed43271d49',248,X'78014D8F6D0B823010C7BFCB5E37D84ECD147A55944150815919116B4E8BC0D91C8845DFBDCB0A7A77FF87DF1DF7208511A5AD49B87F904C6B4342921B5D5ADA891EB9AA16ADCD753B1BF9098BC7CBD1EE7C8916B55CCDEB7B52EDA60CD6F384DF26324AA5EB1A3924085DCA0CA993D6381547A933856E83AE6E3EA76A2B8CC50A30E8530E1458CC82D0F542C652ACAA8EFF0B39FCC2E7A1F75B8C3CE30220F01DEA2908A83FF024150A25CF44E0E47E2E9DDC216FC4B695C2FEF7DBE70B24B5496D');
INSERT INTO "plan_parts" VALUES('c94d65abe9e04d56fe1dc2e9e1b4edb3cc40cf9039c93fdafc53c262c00dcf09',248,X'78014D8FCD0AC2301084DF25570DA6B1354DC183A24241B1150551446AB2AD52686C8C1411DFDDF50FBCEDCECCB7C3DE4961B3CA5D48B4BD136D8C2511C9ADA91C7D2F6D52C20DA58E4A5AABEBB4A845A3D969D639864AAE619EC4DD7A50A6E92284C9D896309C8DE23E41E85469A40EC6E054EC95D1806A83AA693E551797598711CE788F7A9C72B16432F28388B10D46E1CDFF991EFF998F5DFB771879E6659C4BD1A501704985F20F340CF29C6AED6B2564AE402AF242DCED0C98FF7EFB78021B7049E8');
INSERT INTO "plan_parts" VALUES('59f1862b7a4fd7cf48cbb52e883fe0e34bd5b54b742a5b00573757a1bda8e344',248,X'78014D8FCD0AC2301084DF25570D6CD3684CC1435514154A0FA2A088A4265551126D03A516DFDDF50FBCEDCECCB7C336E45028EB4B126D1AA29D2B4844F2C2594FDF4B9B9C4D8DD2F2721B25C3E36A7069B173AC925B5875799AAD61128F7536B3B14DE7D28B7B924EFB04A193D54865CEE174D8ED9D36A856A8BAEA53557A55788C3060824240215C808C7827025863D4BCF93F33603FF3B16DFF0E230F81624C8A90760C9354F4724D7B419753109CF35069A9049017E2EBABC1FCF7DBC713EC004878');
INSERT INTO "plan_parts" VALUES('d9d862248953f3b75501edce6a0b1e9f09286e718d3dcc6afe72aed4aba5a9e6',198,X'78015D8E410A83301045EF326B0393D16A937374D5D2C5A8B10D95444CC08A78F78E14BA28FC590CEFC1FF1B2497928F2181BD6DD0C6F8F2E10116503391694A75726454E3EAB362D3A0AADA614039C3958602D2C49D13FDC9E328EFE2431F17B01BA4CC73164048B5D2A4B0BE68B478E42AA20BFD1F245B7EE12EF43DB92E3B512A2CA06329F17905AB09F77B01799D8ECEDFF2FD03252A38F6');
INSERT INTO "plan_parts" VALUES('eeb78a3e9223bef1e25e4899879caf9f54f56d3b0bc3e2752ee43e5852498e65',198,X'78015D8ECD0AC3201084DF65CF11DCB5F9D1E7E8A9A507A34B2B0D1AAA90869077AFA1D043612EC3F7C1CC0699730E296630D70DC6949E21DEC180444BA47B255A262DFA4EB542F3A0851FA8F388235B87D0409EADE3AA3FEC34D5BA84E8D30266835CECAB5440923A8124509D511A79E452458EFE0F92515FB857FA9ED915AECA4936E06C1D0965058324F75B03659D8FCDDFF3FD03E99B3892');
INSERT INTO "plan_parts" VALUES('b2cdf382e3fd3019d09bbc0611e9516d7d32986e866a7a6f319d056b355a1965',198,X'78015D8EC10AC2301044FF65CF0D6C36D6DA7C8727C5C39AA61A2C496902B594FEBB5B040FC25C86F7606685EC730E2966B0D715EE29BD427C8005D44CD43646D59E5AD59C6AA7D84BD51DB7A66F7A677A0315E4919D17FDC9C320750EB14B33D81572E1A90820A4A3D2A408CF1A2DEEB988E863F707C99A2FDC84BE47EF8A17E580153896915016B09A70BB55509671DFFC3DDF3E236A38EF');
INSERT INTO "plan_parts" VALUES('addfd901ab91e3b1b00f1ebae91d285497eddc7f308d10d144be97c75e2b20b4',198,X'78015D8EC10AC2301044FF65CF0D246B6B4CBEC393E221DD6C3558926202B594FEBB298207612EC37B30B342E69C438A19EC75853EA5678877B020954334FA203A462334B5BD3875C320BC6F3D6933101B8206F2E488ABFE70E358EB1CA24F33D8157271AF52014A3C0A8502F559492BF75CAAC8D1FF41B4872FDC2A7D4F4C85ABD2CA06C8D5915016B00AE5766BA02CD3BEF97BBE7D0080A03998');
INSERT INTO "plan_parts" VALUES('64d4f16bf66d18001ff0980961073f2f9fca964e90ae40893196de86d016fd99',198,X'78015D8ECD0AC2301084DF65CF0D6C7E346D9EC393E2616DA2064B529A402DA5EFEE16C1833097E1FB606685124A8939157097156E39BF627A800394A45467B53804D509DBDEBD68E5D108B4C6184DBE238BD04019A90FAC3F6918B8CE31F93C835BA1549A2A0385CA0A9402F549A2C33D671643F27F5039FD851BD3F718FA1A5831D8404F3C12EB024E2ADCAE0DD465DC377FCFB70FB413382C');
INSERT INTO "plan_parts" VALUES('1d9021bea8057b80208ca1dcfccf803b54f89485f746fbc05678c9c20cd7b8f2',910,X'7801D5935B4FC2301886FFCB6EA1A1A7ADDD122F9843062A1E181A678C69D9866373C5324566F8EFD66334319878E7DD777ADB3C79BFEFC99A6951D54BCBBB7CB212A5B4E5599956550D5E93B655A46B539A3FD07412D3A638998570AFE90761A9E2151CF2A88A75FF66E1AF5C392931CF5BD31DCB88F22A312AA9948966D75395A4A6BA3255B57AFB6A590B5D9B110CB103100690440879D4F6208CCD68FAAAFFDA641E7A6B6EAEDA1F0F1B3D44026397619048DB018C920C7022A8494562DB986097436BD3FE642B73A9855E7FA7DB1F515947B1CF3A837175475B346B349370383967E7281F6641D01B1FFBC1EE7D79F8773AB28DCED94A47004729026C2A2990843013910C61DBC1023A5FE97E70AE7BD0D1B761BF3C1423C1A1CF8E3B5D26A28BA6355F36A23BBE61CDA0C8F4EE9CEC0FFE1DDB2D1BC4B0278F847A9CF97BFD75E7BE08943873A253369AF64EE33C2C46B00C17E505FD3B1BDBE69BFB8B6F54D004305772E0F21402E162C421960E3307F1B2C8F57A919A2D7EBFC1CD33D2080713');
INSERT INTO "plan_parts" VALUES('c891a3f10284f4735ce96635257e2aa8e8996d6de249040b987eb9fea1977efd',537,X'78018DD2CD6AC4201007F07799730674347EE4397A6AE941A3DB86EEC6B00ADB25E4DDD73DA46C9694163C38FC07FC393A438E390F69CCD0BDCDE053FA1AC60FE8807147643561F0AD422DC5018D70B2962EB42D09B286410379727DACED9FEE78ACE5651843BA4037432EEE5C6A408C147242265E38758CD5F55A1BE3189E42BD864B4DBFA7D897585B046BA077F590A15CA1E3C496664729D0F0C851F75EA21742D79D38706A1539A61E94A7184BBD1E9E533AFDA9952B684FABD670A3E55BADFC052B9D0CA8AD37684D64E82C71C3C82B1DE203F65F2335AB630F69D7708B54CF237D6FA05CA7FB33FE7C86E50691B5952E');
INSERT INTO "plan_parts" VALUES('79942814127926ad69efaf2ccdc99aa4c4a08d22113209a71414d91611c53be3',690,X'7801D5925B4F02311085FF4B5FA1A1D3BD76135FB8AE80119075598C3185ED22025BB6BBDC42F8EF5650A32F9AF8E65BE7CC9C4E4EBE39A299E2699123EFE188622915F2D0723E515C1DF0B92CA3853868B164A666ABB5359238E875FBC5733F0F17CCA737F2D66F0CF62C93AB842C371169F8E615D2A6791A6BD7444AFD9A3D4D652CB4BAD3AADC5D96E50557851EA184DA182826E69030CFB43C42C67A549CFD5F9A403DB8344F8FE58F8FB59F00A7943906E6B6C1B1131B144F18054C00C006C7058331742A7FA64B944C8BEFD9EE07437F17388BB5D975F3B58C54C6DCBD598FA25925EB4328C876A9EA91F5D2C9E4BFCBB6EA5DE7B5601CF28E156C1ACDDA5D7B242BD569AD28C1AAD3AC0E7C11B679693B4AE2E99FB381FB0337FA1B378B52811D3BD60485B03070221870C7B51C17BDA12E0E6BA139BFDFE9E9152FBAC745');
INSERT INTO "plan_parts" VALUES('c0d440f58fd502ae2b86b6ed4b0d7d7fe9b98b5e3b5aee21e446af25503a28dd',690,X'7801D552DB4E023110FD973ED3D896BDD04D7C1061B908C1C87531C674BBDDCA65B7522AB010FEDD0A6AF44513DF7C9B3967CE4C4ECE1C80D42C376B10DC1F40A294060158CE62CD74014F6D092C4461C1765CA4C889EAD7613593D3462F0C6FF251A5DADBD29DEC66CEF2229E7A552AC3E6485E022B9AE58955C54AD94A3E7295088B6E2DAAB6E7636BC3B4B12304110F620271658068E0B80142533B2A4EFA2F2426013E93C787D2C762AB47981142FD32645E99419FC42EA488259061C717659A26B187C0B1F4E92ED52A37DFBD3957345A247ED421F395AE0F27664C1BA63F1C93345F625C43ADD13E1DDCCAF9C457FFCE5BBB96F5BB51445DBD7AD9B4E7B3A667764F6C81DCDE3EAEDF71A7934D36AADF452DC1FFEC0D577EC88DFC969B4B8880BE7010642EF3A1C711F730E6827302DEA236C5B3B039BFFFE9F11591C4C9FF');
INSERT INTO "plan_parts" VALUES('bb4ed8c92cd34e64c1dfe97298e7d97e6b85fb1d2297e8061a5280c445213a4e',690,X'7801CD92DB4BC33014C6FF97BC7661499AF4063EE81CCE2ADBE83AF08248DAA69775345B2FB4DDD8FF6EDC541444C127DF72BE73BE1C3E7E670F92921775059CC73D88A42C8103E25216353C1603908B5E495ABD6BBCE97631A6FEF56DAA7BDE48B3E590AED679EC896632E947CB9CB9B6EC787B0694292B22E50AA454AFE4399491506AAB54D99E5655352F6B35421031202690301FD90E650E420F6A541CFD9F9A9838F8D43C3C0DDE3F567E843921B6A9436EE81C9A16E7D0328D00868C047A10D098E2081C061FD9D65950F2B2FF9AAED0467EDEE9954B92C6A3B41BC697FE26ABA7BB7C3E5FC6D26BC43835CD8C755DF5BFD37D436E9550F72E336E5C7F7E81A3ABB13B6DB769D3CB730317EB22CDD06A66DF6B8B66E65B7FCE86AD1FC891DFC831420434B908A12550041989758B1B28E40603AFB0EB7E2314E9B73B3DBC006FF7CB4A');
INSERT INTO "plan_parts" VALUES('909045326a115650bcb3cec088549b059efa34bbc636372a147a5eb96cdb882f',690,X'7801D552D14EC23014FD97BE8E85B6DB68BBC407849130904419A21863BA759BC85897AE3008E1DFADA0465F34F1CDE43E9C7BEE3D6D4ECE3D805CF152D7C07F380021A5023E2896B1E26A6F9FDA1658A57B43CE83BAD885084A3208AE2D122E22ABBDEE333A9ABD6C056A6ED793A9EEB95464FAFE0218D1B21446154B6950FE9448911AB631AC6CCE9FD59A2B6D5630C4C486C8540499EF7A3E840BB39A9EF45F8608FBE83C3C3EB63E1E367A8838C68C3836EF38DC269E63103688232108EC6409A31938B63EDD654A96FABBB7AAD27AB77276792FBCDBB6676C3C6F5FC69361142994B04D6FB09950F4DC2FBB1A5DFD3B6F69A2AA9B39091C5E8D0B3EB44622DF380BAF1B0659505BCA2D0B3ACA2B4B53DAFCD91BA23FE4867FCBCDC338B50949629B79C8DC41063D17B1D4759304BC45ADF7556A727EBFD3E32BD0C4C8A5');
INSERT INTO "plan_parts" VALUES('2153a9ed38d22cac2c8056026494350540a562af5ba07cae1e5da2542d04a0bf',370,X'78018590416AC3400C45EFA2B5052339F678E61C5DB574A1D822354D3C26339006E3BB5759A424C150D04AFF093DFE0259731ED394217E2CB04FE97B9C0E10C19130075FA3B4B5A01F6AC67D604247442DF98EEA10A0823C4BAF869F548B1DE239A593AD2FE334A40BC40572917331801DB7488C6EF7462EBADBBC1BA8D3F012F23D5C2DFD99B52F6A48A8A017FB35962B44DAADD5A66BC3ACE8DBC1AC551B24711A487CD7F8EEC1F54B8EC77F1DC35D63C391B71DA97B9264B77E5650AEF3AD9FBF96D75FE9FA6786');
INSERT INTO "plan_parts" VALUES('560885741500b9fb1a7e58ccfb25f30710afaf3e896f239afe4adc1a4f7fa95b',370,X'78018590C16AC3300C86DF45E7082C25B16B3FC74E1D3B288EB685B571A80D5D0979F7B9878E6D04063AE9FF843EFE15B2E63CA53943785E6148E9639ADF20802161F6AE45B1ADA0E3A1476F6444A1CE69EB5FC7C11A68202F12B5E267D5520FF192D2B9AEAFD33CA62B841572914BA9001BB6488C74782213CC7D8E15D479FC13F223DC6AFAB9682C5A11DF4094FA6B2A3708D46DCDAE6BCFACE8B43328BD38B4D1444B143546FEE1FA2EA7D3BF8EFEA1B1E3C8FB8E74F825C9667B69A0DC967B3FDF2D6F5F811D6904');
INSERT INTO "plan_parts" VALUES('13e2e8cb1ecb3aae8ee81ad3abd8a58999e3554dc39c06a7dbb756c3473e60b9',370,X'78018590C16AC3300C86DF45E7086C25761C3FC74E1B3BC88EBA85B571A80D5D0979F7BA87966D04063AE9FF843EFE15B2E43CA539837F5B21A4F435CD1FE04169261AFA16D9B68CBD6346D7DB80D1506843E80E9D1EA181BC70948A9F444A3DC4734AA7BABE4CF3982EE057C885CFA502A4C8A22624F3A29557F779ADA0CCE39F901EE156D3EF4562918A0C0D44AEBFA67205AFBBADD9753544823D4B44276A444387D6B15591ADF9E1FAC9C7E3BF8EC34363C791F61DB5FB25496A7B6FA05C977B3FCF96B71BC50C6939');
INSERT INTO "plan_parts" VALUES('f919f55493588446264428760128e9db7c5afcb59f959caf389364e7f15ea4b4',370,X'78018590C10AC2301044FF65CF0D24DBD634F90E4F8A87986EB5D836C504544AFFDDF5505129087358766699C74E1029C6360C11EC7E8263089776388105A91CA2D1B9709BDC095DE63C214F4ED5B5969BC69BAA810CE2E83C71BC274A7C28AE21F4BCBEB5431D6E602788C95D130750A21652B1B64A5AF9D28E8334D43F262EE6CCEE7D249F88232603EFB8AB4D0FB0AA98B355D6129184D6FE284CA9B8AB9165A10C1585F71FAC67D7757F19CD82B1C288EB8CAAFA8244391F32488FF1F59FF797E7271FFD685F');
INSERT INTO "plan_parts" VALUES('394ea9516777ece75807637581bcbb09049f48198deb65b1c86b84929e20f08c',467,X'7801B5915D4BC3301486FF4B6ED74092B6E95AF04AEA074EC5ADDBB02272D2A41F5B6D6A17AD63F4BF1B37270ADE7A7778CF79CEE14976A8E8A0311B143DEC90D4BA43112AA1AEF1BE76D05A6D6DE227F3B44C674DBC5A9E5EFB93BB918EC71D5CB46FCF25654A009F4D696BEE09AF8A1364A1AA9196125ADBAA78CAB45436ED6DAAFBC3A58D81CED8114618C79462972434883C3F2224B5A36ACFFF683212D1437378748E8B2D4F283016060C8790030E24050CD253588E2190C4135286391A9C6FB5BCD38DF9ED066D7A534FE3459DA9BE9DB3779678EE5559F3C928A896675291CB97F8F53C5DE5B7EBFF71A3E151FC4F37178B3CE33800A038F454863D25B804C185EF66E81331DB56D9B7F8FAC8E103FE238AAB');
INSERT INTO "plan_parts" VALUES('44bebe5235de78d69726cf91223091e5759cc189196dc7ee0c5ff555fe433bb6',467,X'7801B591DB4E84301086DFA5B7D0A42D8752122FD618230AC21EB2118C318516302245960471C3BB5B775DA389B7DE4DFE996F265FBB0755CFDB6107FCFB3D104AF5C007356F1A78A84DF02C279D144D40D2A6498917BBAB264E2E336F6104E9A02EC2B73A22B7779E13BFAF5518BE2ECF80869E5AA1A95C295D558F851252A7A34ED578BCB41B783FE81182880B3181886E30F56DC74728D3A3F2C0FF6812E4E363737E304F8B358F3027845102192F39A438B7A02725868C3A2E171495B6CCC16C7EAB95BD6A87DF6EAE1D448BB237E2177A1DAE98914CDB3665F53229CE37DBABFA669544BCCB8CAA4BC6FF71C3EC24FEA79B05F3B2702175440E39C618DAB9703D82646911013E9161EAA47E8BAF8F9C3F0046378885');
INSERT INTO "plan_parts" VALUES('6a4c6c865ecf7c4676a217192d225154484bf4ec330dae13c2a634d3f3f9d33a',467,X'7801B5915B4F83301886FF4B6FA5A12D870289171824986DC90E2051634C29944D906EAC912C0BFFDDBA39A389B7DEBD79BFEF69F3B44750F7AC537B103C1D4129650F02B0666D0B4FD9004D75D08D9326EBCD72CA9BC64F739366D28DF287248E3D3ACFA513D7E1EB9C16DE2C5A14D935D0D0A62B355548A953FDC26559E976D0AD1CCE37ED15EB955E2188B8101388ED14D3C07602841EF56A75E27F0C090AF079383E1B9783358F3023C4A704FA4C304819463A153E740946BC62020BC1C1687CAB895E76EAB7DB6EBB7AB70F13BA4CCD68B56BA349F67675ABFC24CCEE6FC4CCBBE32D1B2269268B69F83F6ED8BF88FFE966C1427017524E3CE8098221665C78C4C2C86205F844D4615BE9B7F8FAC8F103DFFF882D');
INSERT INTO "plan_parts" VALUES('0295cf50a2663d5ae3e93ce85c306d03be12220fef54b1e47638cf113b1b6a01',467,X'7801B5915D4F83301486FF4B6FA5595B0A05122F98469D511315DDD01853A0651B1F5D3AC2060BFFDDBA39A389B7DE35EF39CF699E737620D7BC6ED62078DD814C290D0230E76509F76F0B14A23349D88778BAAD66635C6EE3703E9E38CEDDCC256D93F34954C5D953A48AC5437C7E2FE35360A0459D192A5126ADF3F75465C2A41B93AACDE1A775C375635A08222EC404121C6116502740E8C5B48A3DFFA34850800FC5E1CD3A0E363CC29C109F11E873C921A38E0D133B492127540A82BCD44F6C3058DF6A52ABBAF9ED861EDBB3ABE7CBA97D82BAEBA5E8C37EB42A98AA54A52FA85EF2EC469649EBDD8A11FD1F37EC1FC5FF74334632758D1BC2D07304813C63CCF698E48232F08934DD4A985D7C1D72F800CB19898E');
INSERT INTO "plan_parts" VALUES('e9af0ebc21b26a11021ef0899d8893a3580c1803bc4331b99f87c112f40b7edc',372,X'7801A590C16AC3300C86DF45E7086C274B623FC74E1D3DC8B6B285A576A83DDA12F2EE5377181DF436D0457C3FE8D3BF41E152E69C0AB8B70D7CCE9F737A07074A933176306869221CA226A4D831C69186A83A1FA39DA081B25260897FD0B2C87A9953CC17701B944AE72AC028D3A3D6D8AA573D3AA5640E12E414FF4273273F70177A5D39549648FA5A960602C999B9DEC08D6A6F9E68B6E8A7D0E340A4D1761CB063DF47F2BD7F69C383E689B9CA7F78CEF9F42F5D6D5DFB4457AB47596DF66303F5B6DE1BFAED79FF06EE9C6C06');
INSERT INTO "plan_parts" VALUES('5a3556d6af9cf08a366ae1554786dfe01a01b71ae667ff61d292c9182ea3b0cb',372,X'7801A590C16AC3300C86DF45E7082CA58D133FC74E1B3BD8B1B285A576A83DBA12F2EE5377181DF436D0457C3FE8D3BF419152E69C0AB8970D42CE1F737A0307863CF36019073F79B4145AEC4508077BEC7CB4663A488006CAEA47D1F8BB5F165D2F738AF9026E8352FDB92A60C31D12A3B14FD43B63749E352829FE857C233F7057FAB5CA584523E973591A18BD9E99EB155C6FF6E681668B611A3BB4C718D013111E42EC7A3632B51CEF344F2255FFC373CEA77FE9D2E0DA07BA64EE6589F7D706EA75BD35F4DBF3FE0DB77B6ACC');
INSERT INTO "plan_parts" VALUES('06d5e38d3b915fd273644ffcc4fb23a24502b8e770fa7bba22d194e67889cb87',372,X'7801A590C16AC3300C86DF45E7082CA5248E9F63A7951E14D7DEC2523BD41E5D0979F7A93B94167A1BE820F1FDA04F5AA18452A69C0AB8FD0A63CE5F53FA0007868479E819078982BD90D16E1CB063323E48A4183D345016F141E39F32CF3A5EA674CC17702B942AE7AA800D77488CB47B23EB8CD17AD76048C767C837F20737A53F4BF03568247DCF73035E74CD54AFE0ACD99A179A2D8ED177D87BB668231392F868B925D3CAF8A0790AA1EA7D78CEF9F42F5D1A5CFB4297CCA32CF17668A05E97DB87EE7FDE7E01F4B46AE2');
INSERT INTO "plan_parts" VALUES('13ec2c8b128a117387a0ffec6fa1c1c9c7d7232a1a52f12700b60ba4c95d554c',372,X'7801A590C16AC3300C86DF45E7186C39AD1D3FC74E1B3D288EB285A576A85DBA12F2EE5377182DF456D0457C3FE8D3BF42E152A69C0A848F15FA9CBFA7F40901B421C4CEA1EA6824E5DA9D55BDEDA3226C4746ED63D75B68A02C1459E25F34CFB25EA634E40B84154AA55315801AF7CAA042F3667CD05AE65D829C86478837F20737A13F0BC7CA1249E7796E20929C99EA1582D75BF34453E4C6B8174D6D94DF312A1A9CB3DE8DC4ADBBD33C3257F94F9D723EBEA46BBA609FE81A7D2F6B703B3450AFCBADA1FF9EB75F6E6E6A66');
INSERT INTO "plan_parts" VALUES('681e39eb11287e5e9ca668cfd06c948d14a5d3496bede7bc70684b200838e504',467,X'7801B551CB4EC33010FC179F63C9B1F372244E015A10501AFA508D107212BBA45471959884B6CABFB38487E0C20D690FB3B33BBB9ADD235AD7B2B20D8AEF8FA830A646317A92DB2D1EB0839ED51E981B564D16F371BB69DB551E5D8523DB58766ADB17B19B5FDF257956BA22BDD87BE2D09D2010955501AACC1840EBC7DC140AD80E58D37D6C6AACAC2DB4504203EC524CD98CF0D8F3634204B4AA41FFA3E8FA31C47BB17F70BE06839EB892521E52CCA59638241490AB34A481E25E24A38269D43BDFD6746D2AFBDBDBF8762537AFA364CA17B5680F7529523F6BCE2689494578BEBC5CBA5DD699A454C5F49FBCB13FBD315CF8DAC3A1CC35CE082338E2395792045AF2603887DDEF14DCE2F391FD1B49E98AFF');
INSERT INTO "plan_parts" VALUES('645271072f285935218b0d62e4d279774cd605730d2fb7e3ec0db2c00e25309b',371,X'7801A590416BC3300C85FF8BCE31C876EBC4FE1D3B6DECA03AF21696DAA1F6684BC87FAF7AD828A3B7810E7ABC07FAF456A85CEB547285F0B6C2A194AF297F4000D4648CEF8DF29448F56864D39C443AF6BB8186D126E8A02E1459E29F34CF22CF531ECB19C20AB5D1A98961D038A58D32F64563C0FBBC4A90F3F8C7DCFF989BB89785636389E4EF79EE20929C99DA15C2805BF704D3AA719F76AAA798D4012DAAC147CF842E91770F9847E626FFA95329C7FFE1DAA7B8EE91559BEDBD83765DEE05FDD6BCDD001B9B6A6F');
INSERT INTO "plan_parts" VALUES('770983d7b126c2b8e2b040e9142e546b4619a6fcc36067e119879b20947b8208',467,X'78019D914D4F83401086FFCB5E65C3B07CEC42E2C5A8074D9AAA206D8D310BEC02015905EAA66DF8EF6EAB357AD083B79977E69DC933B34365CFBB7140D1C30E154AF52842B257DD880F89851AB1315236BAD24E6BFA46B26276765F8583BDAD49CE98B017613F5FCDD6497F99EA65A92F4E9131D55DB1772965A2F229578530AA36AAD21FAB8691F7A369214002EC100C7EEC40E4F811C0CAB48A83FF7B911C8BD3A3751C6CFCE0704242EA62C105602A7D0773265CEC854C32E101109AA3C9FA62AB78DBFE44ABDB20F612BBD5DD3AD5E1F550DD95C1C25D6E5FCB9BE7EA2A399FDFB60D6D4EDC64D0FF46231079BFA00531D03FD1080EB9E498023511C97CEC143E97B9CB32C839DA5F63DCBC08738ACF474EEFDBF389C2');
INSERT INTO "plan_parts" VALUES('18cbf4ae3743cc8bb10e9d9b1c06ea6d3df6497f8101b929d9f4c0e3453fa358',467,X'78019D91514FC2301485FF4B9F69D276B0AE4B7C0031314420E2948831E6967680232BEB1A4725FBEF5614A30FFA60D287F6DC7BEECD777A402B0BA5AB51FA7040CA188B52945B533A7C7C7450A17D907A2B3FEB5EEC0736DE4A5758A2FCB386CBE9E4BA7ECD26D9EDAE52A3D1B45C1465559CA160DA942AB8A431E1B67A5A1AA583DA04D5341FAB6A07D6851646588C290B27A324A5BD94904568D547FFF7223B15DBC7CE6970F0130A8C091E610D9A60AE05C192271CC754A8254FF21C94406DE78B6D0DDBED4F345F9D4712F6F1FDCDBC3FF6B24C86EB81F1A3BB6A0F73D70CEDA6DE50538D672F57FD7FA33192767F418B32C2FF446358400E98332E3144426305DD98F5941451C2D17B1ACEEF7488E2F323DB37B3A68BF3');
INSERT INTO "plan_parts" VALUES('1327da4e6979ef842b5c496fdb038b5f66325e4d6a2858c66bcb03eaa9c6c5cf',372,X'78018590DD6AC3300C46DF45D711C84A533B7E8E5E6DEC4271942D2C8D43EDD19590779F3BE8E87E607792CE2774D00A49531AE39CC03FAED0C5F83ACECFE0818C30B7B6461525B44363509CD6B86BDDE07447C43640056991A0257E54CD65114F311ECBF83CCE7D3C835F216539E51260E23D1A466A0E867C4D9EE8A10475EE7F402EE4136E85BE2F1AB29688E10A82946363BE5CBBADFA4396B19541D0922D15770D9ABE9121D4AEA32077B22F324DFF49B2B979FC92DC1FC8DEE037C9F96D9AEE351D6D4F15E4CB72FDD0D79FB70F4B0F6A58');
INSERT INTO "plan_parts" VALUES('4cc91935615bf7ae97a89a59fe23c039036186bff00a684ed8257456d2de8a1a',372,X'78018590DD6AC3300C46DF45D731C8F216C77E8E5E6DF44289952D2CB543EDD19690779F3BE8E87E60A01BE97C4207AD9025E729C50CFE79853EA5B729BE8007D44CE4AC51C282CA8A43D5DBCEAA56BB30D86E1C393868202F3C488D1F444A5D54C7940E757C9A624827F02BE4C2C7520384D42A4DB5761ABD418FF8548312C30F48957CC2ADD2F32243911AD1D4C0C0F5D8542ED76E6BFE9025E5786465C9F68A8D1315F8A1A5C7D03BD3D93BD9579EE7FF2449DF3C7E499A1DDA1BFC2619DFE7F95EB3C36DDF40B92CD70F7DFD79FB00C5DD6AA5');
INSERT INTO "plan_parts" VALUES('13fd140d6c6cc4a56598fe442127fad41ca54e908a3c202f98988868e164781d',468,X'78019D91DF4BC33010C7FF97BCDAB0244D7F820F05151FB6CE61E99822923469A9654D9B066A1DFBDFCD360B3E0C1F7CBBFBDE7DEFF2C91D40A5596B0610BF1E80504A8318945AB5069E13073472B2D2D46FFD685F77F283A78BE594ACB3523FDC4D7435193F11E5F3866DBEFA4CF6A3DBDC026BAA5B615D5C291B55EF8512D2AAA355D578593518A68D6D2188F81013887086A2987A31422FB6559EFDBF8A98C4F8523CBE39F360EB479811120504CAD00E0A424C61E4510EB91B90D0665EC104383A7FB1E9859B3FEDC326E794D6E5EEB31B72F428701EDE98D5962DD3A24ABB75B263C1FDF86F368CE6E75F63C333F8553617963EE730F0A40FA34062E85197622169842502278B993A69FFE2E792C76FD7D3894E');
INSERT INTO "plan_parts" VALUES('557d8b2cf3ac8afb65624e5018c2148294c9704993db8a57bd7982dc4eeb846e',248,X'78014D8F4B0BC2301084FF4BAE1AD8C4D6DA801745506C0F827A5044F2688A888DA4D156C4FFEEFA026FBB33F3EDB077527A59859A88ED9D18E73C11C47A5705FA5EBAE458DC501A5C1BE34D7239AD461B98D9B8D7995EE66B9F49B51EE56D3ED16996B763D99693C5902074A80C52CA399CCABD76A640B541D5359FAA3A481F30C281F729E314064B0682C5026083D1E2CDFF9B4C441FF3B1EBFE0E230F4C729E263D6AFB4AD1842BA0A9318C82B59189626BB5D6E48584DBB9C0FCF7DBC71392FB4A90');
INSERT INTO "plan_parts" VALUES('deaaa73f6f062b6a91db9c95b3e70af31f06597d141cb6e41ebab5e0f45669d8',248,X'78014D8F4B0BC2301084FF4BAE1A4C625F0978B182627DA0480F8A48DAA6B50A8DC4607DE07F77B50ADE7667E6DB611FA830B2B26724360F94696D9040B9D195C59FA58D8EEA06120FC73CD2D7D28BCB7BE9EFCDFAD2098AC368EE148BE56C2AFB71649693E12A6C0DD21E02A8AC32A012AD612A76A9CE14A835A8BA6EAACE561A0B1146988729C3D45D5122A82B085943547DF87F930AA7319FDBF6EF30F0844AC6B8DFC5B99724D8E744E180E41E96297795C3A913045DF446ECEDA420FFFDF6F90229BE4912');
INSERT INTO "plan_parts" VALUES('128248efde23f9540ea5a29278485c16a05923e14bdfa1d5632fc26a5e2709f3',248,X'78014D8F4B0BC2301084FF4BCE0693689336E0417BB05290828A2F449A262D526CB406A594FE77D71778DB9D996F876D5151A795BB21B96F91B6B64612E5B5AD1C7E2F3D549A06A4F5C604249C045A4FB7E79D176A925C1649C478329FF5A3AC28EFF15588E1384E562304D0A9D240296B612A8E99D506D407A8F6F1A9BAB9B476106184714C19666C4989A49E24640751F3E6FF4D2A871FB33BF47E87812734652C10039C73A5B0C8798E7DE509CC8D125CF862909900BD10D75C0CE4BFDF764F8C39489E');
INSERT INTO "plan_parts" VALUES('f84cfa12b8b90b9a7006068fc86f6f09569ffa85f1364186c9ffa469c208dab6',248,X'78014D8F4B0BC2301084FF4BAE1A48526DDD80170F3E40A48A202A226DDA54293692C6965AFCEFAE2FF0B63B33DF0EDB92CC46852B89DCB72431C61249B43585A3EFA54BF2B441E964A108E76AECE5DBCAF1F96C9455EC6E1B1D5E2AB895CB4967114C374DB83AB17C48103A170952B131386547659214D51A55537FAA4A17598711C1844FB9A002D69C49DE978CED309ABEF97F93CBDEC77C1CBABFC3C8331E09018147B51FC734883CA0A0B4A65C0BF055020350405E886BAE29E6BFDF3E9EE2144A99');
INSERT INTO "plan_parts" VALUES('4b6a201fcb8e8b049b9ee175c3179e992d8905254b085a2962120261fb1c5e01',371,X'78018D90514BC4300CC7BF4B9E1768DA6EDDFA397C527C68BBA8C3B98E6BE5EE18FBEE970395531484BC84DF3FC98F6C50B894292F05FCC30631E7D76979060F8A82D683D3C8BDEED0F56471686DC4689CEEA56B5318A181B286C4124FB2E17DAE328B879CDF841CA765CC47F01B941A0E55325AC926D2A8E88E9457D7BA97202FE30FA83FE12EF4B472AA2C11D3400A726EAA67F0766F7EB135F8D4C588AEE50E07C784AD359646B603B1BAB17D09F3FC0F45F3B722F90FF84D91F4AD63A7F6C706EA79BD3EE8EBCDFB057F7868DF');
INSERT INTO "plan_parts" VALUES('9981641478b48812745edeb2c41fda0da2045662ee3941e49e11a1df0d96fe35',197,X'78015D8ECB0AC2301045FF65D60D4CA6B5B5F90E578A8B3C3558926202B594FEBBE342172E2FE7C0B91B145F4ACCA980BA6C60727EC47403052835D138B422F4C688810C8AD139293084CE758710ACB5D04099B5F5ACDFF534F15C62727901B541A9FA591910522F24093C9E24AA1615E299459FDC1F945FB8337DCDDE56CF8AA406ACE648AC2BA81EF76B03759D3FC9DFF1FD0D5866397E');
INSERT INTO "plan_parts" VALUES('2a90fc0b83d049c8eece93085b76ec258d7be6e1b800fd0db63d9bd9461e1e92',197,X'78015D8E410E82301045EF326B9A4C0B14DA73B8D2B82865D046D212DB0409E1EE8E0B5DB8FC792F797F874C39871433D8CB0E434A8F106F6001A553CA74B598F43088CE20891E272D9C372D3546367D5F430579719E58BFBB79E6B98638A615EC0EB9B86761A05069219590ED49A2ADD1229E59A438FE41F98507D3D742BE102B5255E01D4742D9C06A3CAE15946DF9247FC78F37C53E3870');
INSERT INTO "plan_parts" VALUES('42502819c5bba584ba734eafeb6b04460e26b30abd63a7d573df924820658b08',197,X'78015D8E410AC2301045EF32EB0626534CDA9CC395E22249A71A2C496902B594DEDDB8D085CBCF7BF0FE0E99730E296630D71D5C4ACF10EF6000A525EA752B46E59CD0A31A45E74E5A28765AE94EB79E7B6820CFD673D51F769AEA5C431CD20A66875CEC522A2024252409A2B344D3A241BC5491E3F007E5171E95BE66F685AB22A9016F6B24940D8CC2E3D640D9E64FF277FC7803026838DA');
INSERT INTO "plan_parts" VALUES('45226dac0cec351aa9b011e81e577cb2f16a91041130097c36f142970d53ed51',197,X'78015D8E410AC2301045EF32EB062653489D9CC395E2224D130D4A524CA096D2BB3B2E74E1F2F31EBCBF410DB5A6922BD8F3066329F794AF6001B523E2A157D18CA31A5CCF8A7D8C4A4762E3273EB067E8A0CECE07D16FEEF190B9A43C9505EC06B5B967134048466952C4478DB6478B781231E4E90FEA2FDC85BEE6E05B10455307DE4924B515ACC1FDD2415BE74FF2777C7F0320763916');
INSERT INTO "plan_parts" VALUES('467f563ce797e7ce89123b36aaf7ba6868f7db9c7fda773c2824dafbef747bff',248,X'78014D8F4B0BC2301084FF4BCE0693B5B5B6E0C18B083E505B052B22699BD42A6D240D2D22FE77D71778DB9D996F87BD93DC88CAD624D8DF49A6B5210151465796BE970EB9C81B4ACDBA5C2E565157A6A67B9A9DC78BED60330AF3424EE67538657EB3ABE23251BB15E82141A8A832A412AD71CA8FA9CE24AA2DAABAFD54D556188B1160D0A71C2883880F02EE068CC518956FFECF04F6331F87CEEF30F28C0B00DF7328E7AEA41E64294D9C5E8FAA44F99E2F852352455E88BD5D25E6BFDF3E9E9A094A53');
INSERT INTO "plan_parts" VALUES('6fbe439a9d30ec89c69c96de4d85329e6a27890b17c4ebd9ddbca6009eb2fc51',248,X'78014D8FCD0AC2301084DF25570D24A131B6E041C1E241A4A2282822691AAB16BB92A6942ABEBBEB1F78DB9D996F87BD93DCE9D25724DADE4906E048440E0E4A4FDF4B9714B645A97560EA245576354FEA5BA336713552C5ECB24E8630117167AA17E3B34FDBFA680604A15399219502E094EF0D6416D50655683E5595D7CE634430D1A35C50162E793FE232626C8351FBE6FF4CC17EE663D7FD1D469E712D44A802CAB9B45429D9A75A9890A6520641C603668D242FC4B7578BF9EFB78F270C3B4A20');
INSERT INTO "plan_parts" VALUES('29c23107c5e0e57ac7821ba6bba551d7dcd5cb6f77add3c3ce631bcff84c3db1',248,X'78014D8F4B0BC2301084FF4BAE1AC8061363C183A0785184F8402B226D13A53EBA52035AC5FFEEFA026FBB33F3EDB077B62D93229C59B4BC338758B2886D4A2C027F2F75B6F7154927636B16C63B5BA4C379DC192D72D58D17BDD91C6D2717F68A7D578D06703B1CA76D46505E38A252449AB6EB0C9D27F5422A5E3E55E7909481225248CD4172D0133011A8488898A2FECDFF9952FCCCC7AAFE3B4CBC8044CA56B3C10194E7CD44399EA6C2709569E33367365A69F6424275F294FF7EFB78026A7949D3');
INSERT INTO "plan_parts" VALUES('bee15617232e3157f52423fa72e110a1717282d276afa4f5768905f61dcf4c4e',248,X'78014D8FCD8A02311084DF25570D26D9C94E1CF0B087D5839E7441571169373D2A23D392894814DFDD5E7FC05B77557D5DF4456C02D4B111C5E2223C5110852803D551DE97B6A830B1D4AF8E08AD7A3BA330ED3438EE37BF7B37190FBE46DFE97CCC3A19A998D208DCB0EA098676B5676A4DC4D366F5471E593DB14AA747551321448E18653EA536D27CFC6857685B2835E728DEF937D3A897795DB65F8799571A8CE9E699D4DAA2CC4BF4D2790009B82EAD77D642EEC53F12D30139FFFCF67A03F30F4B10');
INSERT INTO "plan_parts" VALUES('2dddb545f9a9ad78faabea11c837e0f43ab8a83e8028042e3ce05be2ed21c55a',248,X'78014D8FC10AC2301044FF25571B48526D6AC183201E7A50A916A9229298548AD0481A095AFAEFAED582B7DD99793B6C8BAE56D4AE41C9B145CA188B12545A533BDC2F01BAE92748A99AA7FE41F25DBC6A7C158AE26EDD765D45A3455617AF6D1AABFDC6B3C332ABF21902A8AA1550D21898AEE78B511A540FAAF1DFAAC609EB20C2088B306538243B1A277492107280A8EEF93F9391C1EC4EC1701878420563533EC6944E34E6848658481EE3A9949A73318E7429D10771CFBB86FCEFDBEE0D91D349F5');
INSERT INTO "plan_parts" VALUES('b4a1a6e687fa0271bb1616970a5e264fd4d9bfd2f3a1d4fc01411e1d4a0c48e5',197,X'780155CEC10A83300CC6F177C9D9421A9DCE3EC74E1B3BC45AB73269C5169C88EFBEB8C360C7F0FBC3970D924BC9C790C0DC36E8627CF9F00003A899A86D2AA5F5C9A9867AABBAAA2CD5D00D6DD33AAED80E50409AD83AC99F3C8E722E3EF47101B341CA3C670142AA95268574D16753A241BC4AE842FF8F74C81777D1F7E46C769210166059467C5EC1D4B8DF0BC8EB744CFE1EDF3F1EB9391B');
INSERT INTO "plan_parts" VALUES('2398a7a3efca0aad4c2735b3d9d1fcc733c2dca2c78c23b163300d3c45b79e49',197,X'780155CE4D0AC2301086E1BBCCBA81C998F427E770A5B848D34183252926504BC9DD4D5D082E87E7856F76489C928F2181B9EE30C6F8F4E10E06505AA2A153424ACDA2EB742F2CB9418C5A2B354985EC34349016EBB8E60F3BCFF55C7D98E20A668794ED2B5720A4564812389C656F4E68102F35E430FD231DF2C552F5BDB0CB5C13C2069CAD233E6F605A2CB706F2B61C93BFC7CB0798D13836');
INSERT INTO "plan_parts" VALUES('99c783230b5586b52fc4c166fb2a07beb202b78f2cabf496c8fc9eea59f19f1a',197,X'780155CE410AC2301085E1BBCCBA81493469CC395C292ED264D4A024C5046A29BDBB531782CBE1FBE1CD02956A4D255770E70586521E29DFC0014AAFD4A1DF0B293589DEEB288601ADD0C1580AD15E8D36D0411D7D20CEEFFEF9E4734A399609DC02B5F9576350A88C904A487394D6EDD0219E38A41CFF516DF2C595F53D5268C489C20E82E791D4667006D74B076D1EB7C9DFE3EB07F2F038CC');
INSERT INTO "plan_parts" VALUES('e5c80504e8e7448557d5badbb939640db4a3ef3708af4c3dd40058ce249d0bce',197,X'780155CEC10AC2300CC6F177C9798534DA6DF6393C291EB235D3E268872DCC31F6EE761E048FE1F7872F2B2449C9C790C05E57E8627CFA70070BA899E8D41C95D64654338853AD63562CDD605C6B0C370E2A4813F752F2078F6339671F5C9CC1AE9032BF720142AA95264587B36EED012DE2A58412DC3FD22E5FDC8ABE27E9B39484B0829ECB88CF0BD81AB75B057999F6C9DFE3DB075E9E3983');
INSERT INTO "plan_parts" VALUES('b3db114e969b7b630adb5ec577a8d4c6190de68a085da65aacabd82bc4daabf8',197,X'780155CEC10AC2300CC6F177C97985B49BEBD6E7F0A47848B7A84569872DCC31F6EE661E048FE1F7872F2B64CE39A498C19D57F0293D42BC8103D4644C6F1BA5F58195455D2BF2B653BDF76C2D352D5F3D5490271A58F23B3D9F72CE218E6906B7422EF42A02064DABB451351E75E76A74882709398EFF6876F9E226FA9E78282C89C10A0692915016702D6E970ACA32ED93BFC7B70FE52B38BB');
INSERT INTO "plan_parts" VALUES('1bc73e9d742905c81819565da1522b0b40d55d9570f63a8870bec182ce4beeea',248,X'78014D8FCD0AC2301084DF25570D6C92DA9F80170F5E44412A8A8A489AA45A8546638A14F1DD5DAB82B7DD99F976D807397855871B91DB0731CE792249E95D1D68B7F4C9D9B628D5F9F2323F365E8D846ECA89F34768F2E99C9BC8F24ACDB293A8AEBED7E8F16A3D240855B541AA700EA7C35E3B6351BDA3EAEE9FAA5B503E6084038F29E314C40232190D24C006A3B6E3FF4C2624FB98CF5DFF771879608AF32C89283799A50980A6CA424AD32429446C2256EA82BC91D05E2CE6BFDF3E5FE7934A5D');
INSERT INTO "plan_parts" VALUES('b3e6c02b30f22c39595093604714ef37b51ce417684f352b175cc341be7f4fb3',248,X'78014D8F4B0BC2301084FF4BAE1AD8C4C4D48217412CA807C5072A226D92B6A2345A03A516FFBBEB0BBCEDCECCB7C336242BE3C2DF48B86B8871AE2421494B5778FA5EDAE4646B94141CE7CB516BBD1AAEC562950EEE4A577590D79DF96C1C9DF2E8EA26E765B511722AFA04A16361904A9CC3293B68672CAA15AAAEFA54DD7C5C7A8C70E05DCA3805B16041286408B0C5A87DF37F26879FF9D8B77F8791071673DE538272263555520A1A58A3283316122D8D86A4435E88AF2F16F3DF6F1F4F1F1D495E');
INSERT INTO "plan_parts" VALUES('1dc9bcda1a9533709ef66466897d77c7bca28a17a80777cae1a62b25d243ef9e',248,X'78014D8F416B02311085FF4BAE35344993A60978D04B7B58448A1E6C114936D9B454766437B82ECBFE77479782B799F7DE37C31B486A5C9D5B62BF0712001A6249D5409DE97D9991BFD8A3943ECE855A8AC55AAE3E77C76759889FA7CB65A1F47B366D0FBE73E08AB764B6C7342708FDD601290F80533A941022AA1DAAD04DAFDAEC9A8C11C1C42BE58272B661C64A6519FBC268BCF30F267FB17C32C7FDECFF30F28C3B218C96540413A98E3A52AFA5A2BE94A5538C572654E486E4FE146F45A6B6E315231149C3');
INSERT INTO "plan_parts" VALUES('c057adb5b21899fd6f9e04aac8622419f2bdca624c3acdb71ef783633c46b382',248,X'78014D8FC10AC2301044FF25570D2421266DC183A014BCF4A2228A48D2C4526B9B12A352A4FFEE5A15BCEDCECCDB619FA8F0AA095794EC9FC838E751824EDE35010FCB1855B603A9DE9CCD4D64BADEA642B7CD3A33BCBD5433DFDDD3D1BCB42DEF7456DBFB684916530450D918A0B4733015C7DC190BEA0354F7F8545D83F201228C308129C394AE6894F04942C80EA276E0FF4C467E667F18FF0E034FA8622C961C333AC9B1144CE188C6124BAAF35846B1E256A13712BAD642FEFB6DFF02E9C249F7');
INSERT INTO "plan_parts" VALUES('575435879614d489e0ccd69e3164cc62993ca7e30bd35b5354fa3553bbd8f09a',248,X'78014D8F5B0BC2300C85FF4B5FB5D0669D7505DF1491BD2888A222D2ADF5C2B095AE5844FCEFC61BF894E49CF325E44E0E41BBD812B5B913E37D208AEC837791BE872E69EC0DA5590C6D395E9936C5919C56D7C5719E62DDC95305996BE4904FCED77EEE96E5C50F0842276790AABCC7EEB0ABBDB1A826547DFA9C6AA30E1123C0A04739502EE7AC5022578CAD316ADFFC9FC933C53FE663DBFD2D469E710D504841C114964A2D38D55905147A4C08D86331057921F176B198FF7EFB7802E77649D9');
INSERT INTO "plan_parts" VALUES('b78b132cdd03cf97e9deb283a053c467134937bb76df43be3ba8d10f7c92ca36',248,X'78014D8FCB0AC2301045FF25EB0626B18F34E0CAD7A6581715451189492C456C248D1411FFDDF1056E86997BEF9961EEA4F6AA0D1D91DB3B31CE7922C9D1BB36D0F7109193BDA154185DD6D5C4BAEE5A55221FC3B4E8042B56F3339659B96E5480A95F8C7A580E09424D6B903A38875DBDD7CE58547B545DFF39D505E5034638F094324E99A898907122013618B56FFECFE4F0331FBBE8B71879608AF33C8B296789A6592604CD41680A47A3B41DD881482D7921E176B198FF7EFB78021C40493C');
INSERT INTO "plan_parts" VALUES('5d27b8109705cbe489510cfd3806583a591dad3ae81f5ca0f461bdcaad3b8316',248,X'78014D8F490BC2301085FF4BCE06B27431012F5EB42A52DC7041A4DA58B435A96DD096E27F77DCC0DBCC7BEF9BC7342829226D4B24370D8A8D299044C7C2688BDF4B0BA5AA06494FCE791D96A1ADFAD9D559A45A8869B02E79152CBBB7EC321AA7C31E1BAAD5209C771040271D03B53706A6647730B102F50EAAB97FAA4A1B1516228C300F5386399D11211D5712B286A87AF37F26E5927ECCC7B6F53B0C3CA11163C277308B85C2BEC37CDC76C901EFB9C73DDAE6D48D047A21B6CE15E4BFDF3E9EE7514990');
INSERT INTO "plan_parts" VALUES('50fb576f89f2aecbee4b05c56849a2ab7e753944c7616ff0c8a4fcf971570bce',248,X'78014D8FCB0AC2301045FF25EB0692989A07B85237BA29225414919AC4FA6C6A1AA922FEBBE30B8459CCDCB9E70E73476528AAD820BDB823EB7D401A6D82AF227E0F093AB8DB4B52C3B2332AAF1D3BF647939F2FA64D4F832D377D998FB29D99EC677545B360D2A68700DA5516A8B5F7D0952BE3AD03B505D5B79F534D2C42040B234C6042A1A6546A9E6A42E660756FFE6FC9C86FF95826BF60E0092D185382634653830517122B0E9186396EA550B6EB247A21F1563BF07FBF7D3C01B91049A5');
INSERT INTO "plan_parts" VALUES('8c309885d1a2a1b867056f4fc58e6871c5a786ebae8624a3fecf47a1b46eabb2',206,X'78015D8F410E82301045EF326B9A4C0BA1D073B892B828ED681AB525B40609E1EE0E0B5D98FCDD7B333F7F834C3987143398618331A57B88373080D22AD5EB4628DF93D0884E58C24E745A8F75EB1B797523549027EB8875C71F5E8FC2B7624EE9C96409D1A705CC06B9D8B9B0A350B5422A81F549A2C123671629FA3F587FE1CEF43D912BC48AAAC059AE0B6505D3EC970ACA3A1DDDBF05FB07B28B3CDF');
INSERT INTO "plan_parts" VALUES('15c6decbfc3f773864d3f6f8e394545eb2a370be476dd5cec5037c486ceef448',196,X'7801558ECD0AC3201084DF65CF1156A3F9F1397A6AE9C1E8D24A83862AA421E4DDBBA55028CC65F83E98D9A1502931A702F6B2C394F323A61B5840E9941A7B2D94345EF4C6683150E8850C849337C1E3D4420365719E58BFBB79E6BAC614F20A768752DDB33250A83A2195407D92A345E49C59A414FEA142DB7EE1C1F4B590AFC4CAD08077BC11EB06B6C3E3DA40DD96CFE2EFF7F106AF72388B');
INSERT INTO "plan_parts" VALUES('5ab8ce17948b23b71227402be54fc99a1ad19fd1813b11c7efadfe607679811f',206,X'78015D8F410EC2201045EF32EB4E024825E51CAE342E284C0D51A12998DA34BDBBD3852E4CFEEEBD999FBF42A152624E05EC65853EE77B4C37B020A453AA331A55E8080D19C2DEE8167BAFBD6B851CBA30400365749E58F7FCE1F5A87C8B53CE4F26734C21CF605728D54D951D25D411A542294E5258B1E7CC22A5F0070F5FB8317D8FE42BB1A21AF08EEB625DC0EAEDDA405DC6BDFBB760FB00F3663D44');
INSERT INTO "plan_parts" VALUES('d8edc72f09afea9d1345475fd5560c12cd76e3ca71c0294d328edefbb77be089',196,X'7801558EC10AC2301044FF65CF0D64D7DA34F90E4F8A876D1A3458926202B594FEBB2B8220CC65780F663628A19498530177D960C8F911D30D1C6864226B5A4578F4CA74C4AA476B94C1C15BD35B6E03430365661F44BFF334495D621AF3026E8352F9590590A64E2129C4135AA7B5E42C6248E33F24ED0E5FB80B7DCDC1D7204ADF8067D9887505D7E9FDDA405DE7CFE2EFF7FE06678F380C');
INSERT INTO "plan_parts" VALUES('be70b6e78e18de8ed93559396a2b8c884852a09cbf5c9809ff838e9d0cbe3d98',206,X'78015D8FC10AC2300C86DF25E705DAAC6CACCFE149D9A16BAB14B51D6B658ED177373BE84108E4F07DC9CFBF43F639871433E8CB0E534AF7106FA041484334F40AC90D1E7BA3249A7622A44E2845575E6E8006F26CAC67DDF287D7A3F02D2E293D99AC21BAB482DE2117B314764850879250F62729B438E6CCA28FEE0FB65F5899BE676F8B67851AB086E342D940AB3A3650B6F9C8FE35A81F5AC63C4E');
INSERT INTO "plan_parts" VALUES('5aa71094c749a83146820bacc92d2c6c74cf28be45bc5ed604bab425d73c6dcb',196,X'7801558EC10AC2301044FF65CF0D6CB6DAA6F90E4F8A8798AE1A2C4930815A4AFFDD154110E632BC07332B142E25A458C09E56B8A4F408F10616503BA2A1DF29D27BAFFADE1835A0F10AAFA3F3DC726B3A86064A9626FADD4D93D439C431CD605728D53DAB0042EA9426A5CD410F1651721491E3F80F096DFB859BD057665F5914D38077B211EA02B6C3EDDC405DF267F1F77B7B03A2F2387B');
INSERT INTO "plan_parts" VALUES('109038241b291f94574db9be9f133abda93624a724f17629dd73f3a8f5fd3b89',206,X'78015D8FCB0AC2301045FF65D61D4826E92BDFE14A7191A641829A9426524BE9BF3B5DE842B8BB73662E7783EC730E296630970D8694EE21DEC0809096A86F35D2D87B6C35B5D8D5C2E1A01AD5C84EC9DAF650419EACF3AC3BFEF07A14BEC539A5279325C4312D6036C8C5CE851D12D4A02454F224851147CE2CFA38FE41F5853BD3F7E45DF1AC5005CE725D282B18BD5F2B28EB7474FF16EC1F27493BF8');
INSERT INTO "plan_parts" VALUES('747fd5470cce6b1ba6eb8ac5854ea97a66540f288f10692ca0c53561fe0c12a2',196,X'7801558ECB0AC2301045FF65D60D4C626C1EDFE14A7111934183921413A8A5F4DF1D1104E16E86732E775668D45AAEA5813FAD70A9F59ECB153CA00C4A39A38592FB288C365638AD8C888A74B2C6A5912C0CD0A61089F55B783CF89C73497506BF42EBE1D91928E4124ACE413A8FC839B24825FD43857EF7851BD3D744B1132B7680187823F705FC88DB7980BE4C9FC5DFDFDB1B53D137E7');
INSERT INTO "plan_parts" VALUES('eae8c23357004193456fb138db52ed323feffb13b78a87cb5555c59714049d88',910,X'7801CD535D4FDB3014FD2F7EA5567D1D274E22EDA10CD28A3640D786AA41D364C74EF928F906B7A0FEF719188849D526F1C49B7DCF3DBE3E3EC74F68D588A26B5178F98454593628447953161D7ED9F4D0ADDE3E970E8C3B244787B36A32369B535ED1C885BB2C5EF68B9139399BB5594DC41806AB4DF60D59D275A12C4B96A55DAD7E65A5D2B66A6CB534AFA3DA4E349D6DA1847A182806320727646E48486A5BF50BFF23E885F00AEE7EF6DE0EB67C0282D2803BD8070D98BB2CC001101FBB84FA94895C6692A35DEF5DDBFA5A36A2D9FEADAE9CC6912A6ED4E8901E0469421FD6F936C8576048755C0BAA1E3D3987E47E3955C9D756B7C7391AD359344CF955D41F0F466E4C7D7301B75E2B8E965793C594B68B459E25671EBD3FFEBC36F62FE7F81BB8D739861D1A7898FB0EC352331F7B3E70A985228ECC3F3AB7475BD37E1FD47534EC923A491F7E9469068F93B5B9DBC466E86F2E06B23F37E96965CE817D5EDBFBF5F7A532F84F2A99600AF320072C992298390C842692E75AA3E7E7E8B695B629FEF30777BF01E2200812');
INSERT INTO "plan_parts" VALUES('21a9f850a37a81a980a229fd7731a1fff9963e6d1a20abf825533ec90288c624',910,X'7801CD53DB6EE23014FC17BF16ABBEC58E23ED03A417D452716D0BAC56959D38C5056208219056FCFB7ADB6DD595D0AED4A77DB3CF9CF1F178C62FE0B15079B901D1F717903A5780086485CB4BF8BA6980B9A97DE974B25C2DBAE4EE8AF5BACF6817D0456BA49F3AC1644DD96890946D252AB92BE63670DF8027D93CF52CED9C5F3D3E242E35BEBAF355B77B1BB5295551FA1682088798402C4698462C88109AFA56F3CAFF0CF208BF81871F8DF7833D1F614588141486D86028A4C4507214424390D4C8648293001C1A1FDA165617AAA8FF54C7CB707C379C16591CB6D6377DA14F2A6E533B5DEFE37354DFF666793B66DB81ED0CE7FFB7BA23CE75ECF67A56F5B3CBC90942F9AA558BD360BF9E5C2D6F2FEE577136C6C9327CBA6FDA78D8FCBA36F637E7C43B78D4390629911C0A4513A8522A203248691DF00425D967E78E689317FB6ADBDFCFDD4CF592EB64D1EDF6DBE3B352D76C3B1E9241F33C16DA4C2BD3B49BAF6BFBB8FEB154CA7FA492299642410306658625E46146184526A458815FCF51D62BE353FCFB0F1E7E02D0DD08E1');
INSERT INTO "plan_parts" VALUES('14feef461450dd1cf51e6fc2403ad2522a8f21acf81dd266a49e42478354aedd',910,X'7801CD935D4BC3301486FF4B6E5D3069D37C14BC585137E7C075AB228A48DAA6B5F6239A75AE53F6DF8D1F1B0A43C12B6F4272CE79933C794F5E406E64D3CE817FFD0252AD0DF0416674D3C2F7450F946A65434F4D3508F4851B1515D1940EBB6978B7CF3935E721BA30434E6939DF2B6548043900565434A955C55ADB597E9BE854D9E8D246F5F2E3A8792B4D6B4B1CE450881DE89008BB3EF17C84AE6CA97AD77F4D521F7F24D737BDCDC6568FB0741CC15CC8B1C290513BC48C53A8108BA59289F0620CD6BD2D5B55C4469AD5773A6FA6933E5BB58BE55093533ABA4FBA4BC29F676C81D3497DDCC7355F64288CEAB3FC7FD3ED702EA0F5E18C55478DA3F4201FB1F0B49471D9D5437937E88FC6938A04CDD3796D4EBCF0EF6CE427E7D826B9D339025D4750C85C44A1CC320C3DE4F2984B94309E7D756E075B17DCE78BE051145131406216A5DE783C0EC594F07234BD12DDF471121DCDFBFBA63EF93BDBF6FABBBA52FCD2954492D4B2E1040AE5B930C1C88D3D8668CA19787B8E76F5A06C177FFEC1F52BB7DA0826');
INSERT INTO "plan_parts" VALUES('770f80d68c65b8a8fe6bd8d04e962f1e0f67e2796f6fbd74b4b7883df204b5af',910,X'7801D5535D4FDB3014FD2F7E6DADF8335FD21ED6420854A429742DC9344D76EDA07E1043E2B604D4FF3E03036D121A126F7BF3BDE75EDF7B7C8E1FC175236ADB82F8FB2350C63420069BA56C44D3C1E7B00FD6BA7349B4F6B3D16C94ED4B117AB6A0495B5469BD0A66F3714FF590EF79695E7D9B92645B7C01AE69592BD7258D71A7EB9F0BA3B4CBEE5DD6EC5F86B55634D69510447C8809A4788A69CC788C50E94AF573FF9FA01FE317F0F0A3FF7AF1D36258101205148658631830A2A0640A41C225E74272C4110387FE1BBBAA31B5FD9B9BC8D98A0685BDDFE9239EF0F924BA24C737DEC55D41EC685792B12EF9D7BA1CCE77EBFF8EDBE2ECC8DC9CF63A6BCFCFC60FABB41D2CB2E132BD5A28B54AEEF05086F930D7949F7493CF7363FFD22D7805DFD58D414A22DFE956455028825D28841421D308D30F74DB4CB7E4B8CC06932B0F55A73851FB597E715B0FC6D65C9ED7C1036E3612A5E1F6246B3FCFED6DFDF73C197DE049269882015121949462C8A40C94A44C0825C0D373D8EE563B0FFFFE83875F6B540775');
INSERT INTO "plan_parts" VALUES('d6a6ff9ba4cef735fed6719f456d9ab87bbcbea8edce29c85e5ebe599ab9439b',541,X'780185D2C16AC4201006E077F19C014727D1E4397ADAD2832693367437865548979077AFA5A46497D0052FFAFFE227BA88C8310E618CA2795D840FE17318DF4523243AA56AA3C1222398926AA8515A28A5B28A5CEF5B6F4421E2E45ACEF50B73CA1BE11AC2252FCFC3D88559348B88C95D532E28A92A4005285F901A29F338E5228FDD43586DE19AD3AF89DBC4B982B210ADCB870DE99667B416075802ADEA0A8CD5049EC94265D178769DD4BEDF613FDCF90C33C7F4545A6E9823A969F4EF35EEA56A2F2DCB43A90672D481A97B044F9D04D2848EA5373DF383F429D2FE87ACB7F01E59ED91A8E4FA5688749B7E9EF2EF43ACDF29C39752');
INSERT INTO "plan_parts" VALUES('1b621f35fbe6c4273933e2a5ebdcdd4d5a4a6d9fedf2d8e29b50d73f06aa04f5',541,X'780185D2CD6AC4201405E077719D0BD7FF98E7E86A4A17C6DCB4A133318C423A84BC7B2D252533840EB8D173C44F746189521AE29858F3BAB036C6CF617C670D43EE85705642CD8983758E8333580309742D526F8DD0AC6269F2814AFD4294CB46B8C67829CBF330767166CDC252F6D75C0A0285012E80DB17AE1AC4324EA54863F7109A2D5C4BFA3551C8542A1C2B167C396CC8B732536B75805520853360BD0CE03B6901097DDB6A1330F43BEC873F9F61A6949F4AF5863992DA46FE5EE35E2AF652AD0FA51294571D58A915B89E3B30752F9444AA25F70FD2A7C8FA3FA4DBC27BA4D923B9C0F5AD62F936FD3CE5DF8758BF012B2B96F0');
INSERT INTO "plan_parts" VALUES('371ffe7b9ee93b1de70c036775ef8fcc0cd6c31afb4205e11577c1709256c8dd',541,X'780185D2DF6A83301406F077C9B5074EFE479F63571DBB88F1B8C95A234DC015F1DD97311CB6C80A1230DF17F20BC9C212A534C431B1E675616D8C9FC3F8CE1A86DC0B515B098E13076BCAD05A6780D0B69E7CA875CB59C5D2E40395FA85289785708DF152A6E761ECE2CC9A85A5ECAFB914040A035C80502F5C3588E53B95228DDD4368B6702DE9D7442153A970AC58F065B321DFCA9F5AAB03AC02296A0356A201DFF71C344AD73A8FC1BA7E87FDF0E733CC94F253A9DE304752DBC8DF63DC4BC55EAAF5A15482F2AA2B521EA0262D217094ADB6683A671FA44F91EE3F64BD85F748B3477281EB5BC5F26DFAB9CABF07B17E031016973F');
INSERT INTO "plan_parts" VALUES('9b099395434f4d93c3e3d7865a4308936b71544b954cafb0ecf7f61b82be0754',541,X'780185D2C16AC4201006E077F19C011D3526798E9E5A7A18A36D4377635885740979F74E2929D92574C18BFEBFF8892E22C79C873466D1BD2CC2A7F4398CEFA213521162EB34342A2A700603781324A0F5D692B7D24A232A9127EA23D7CF3116DE089794CEBC3C0F6348B3E816910B5D0A1750620D0A41AB27653A29793C73318EE12EACB770E5F46B8A7D895C51B2123DF16143B9F2CCACD501D680C6B666EC5B0B1450F194C85363A2547A87FDA0D309E698CB43A9DD304752D7E9DF6BDC4A712FB5F650AAC19009E03034E0B55660BC77C16B4314E84EFA10D9FC876CB7F01659EF910AE5FA5A89729D7E9EF2EF43ACDF7494978E');
INSERT INTO "plan_parts" VALUES('7f85a319ba6e62f22a379239664c7161796a1f5b0a15ccf42d736ac39cbe1b48',248,X'78014D8F4B0BC2301084FF4BCE06B3696C938007056FA2140ABE1049DB58A5D294342845FCEFAE2FF0B63B33DF0E7B2795374DE888DEDD49E99C279A1CBD6B027D2F0352DB1EA54C3158ADC4B596DD6533EB27D042C8A6913A6DD2786B971E86CACFEB752D17E99820746E4AA472E770AA0E852B2DAA3754DDED53D505E3034638E331054E416520348C34635B8CDA37FF6F265A7CCCC77EF03B8C3C03C3B94A048D4A29692204A7B9290C8582153282512E794C5E48E85B8BF9EFB78F27CAD74896');
INSERT INTO "plan_parts" VALUES('c2cb183bd0aa9d4812d1876e6b71b3c34871cc2381b7d2580ece90929ce1888d',248,X'78014D8FCB0AC2301045FF256B8349DA9226E04A176AB1884A1545A48F5854686A12AC55FC77C717B89B3973CF0C7347A5492B6791DCDC51A1B54112ED8DAE1C7E371D74522D20BB3C44A25B8F26F3E1651627FDA40ECA711E0F44735B8DEB489DAD381FA766D95E6D0F8174A80AB032ADA12A77B92E14D006A86E3EA7AC4B8D8308238C634231610BEA4B1A4842D610556FFF7FC8A5FF193EB69DDF62F0094D1913DCC75E11869807CCC399121C030C78EAD13C0C297A29AEAD15E4BFDF3E9EE1DB49B8');
INSERT INTO "plan_parts" VALUES('8a19c0ed7864ed543370777b5fb59ffdab0cd12186fe61839f1e09b7c0a43cb0',198,X'78015D8E410AC2301045EF32EB0626D3D8A639872BC5C5340D1A94A498402DA577775CE8C2E5E73D787F83124A89391570E70DC69CEF315DC1016A261A7AA3DAC95AD51B436A64CF4A7BF4B6D587D152070D94997D10FDC68F87CC25A6292FE03628959F550021754A93D2C3511BD7A2433C8918D2F407FB2FDC85BEE6E06B10C560039E2512EB0A4E13EE9706EA3A7F9ABFE7FB1BEA9E3895');
INSERT INTO "plan_parts" VALUES('2ec8129eec0d204d90ad8fc00e26dc341bb78d2aa47d8c5e99f46a05c7565c2f',198,X'78015D8EC10AC3201044FF65CF11D6D5A0F13B7A6AE9C11869A5414315D210F2EFDD1EDA438F33EFC1CC0E35D69A4AAEE02E3B8CA53C52BE8103949E68305AA8C95A617A52628C83115CF6C62B19AC95D0415D7C88ACDFFD3C735C539ECA0A6E87DAFCB331202423500AA493D44EA1433CB318F3F407CD171E4C5F4B0C2DB2A2B183E07924B50D9C243CAE1DB46DF96CFE9E1F6F9E57380B');
INSERT INTO "plan_parts" VALUES('d9b6b77b35a43171bfe9e4cbd516afb03252ed23c99cf1deb093ebb299d2a771',912,X'7801CD935D6FDA301486FF4B6EC1C2761C7F44EA052CDD34521258A322A8A6C94E9CF0516230691954FCF7BADD98984477D1AB49BEB0CF39EFB11FBDC7CF5E6565DD6CBDF0FED92B8CB15EE83DCC9595760FDE8E6D6FA9F72E68139CB46022140F7E56D1148D267C364711E96915F02E3F747A3BBFC5A316192EAF3C279AD785532963DCAEFA919B42BBE8CE45CDEED765DB46DAC69560882940184094411E92208470EA4AF59BFE2C8982D0ADD7E4F17BFBD4D8E92192180B4600654C0216940C285214A02C14D51423E26BE41DDB7FE84A6BEAE66F365ED38E79CC4DAF4AC82EAE50F594EA3C9A4DEDA81CE7937401179B55BA56E3DE9C7F980DC1D3F32FB1A1D087EFB3F90069C600438202CE30024C0A48381741AEE839DB45E76EAFFB528FD130A322458B58F4FBB3EC3A3B6CED76F618AFD385CC0664253EB1241D7D9C0EFFCB397A42BFE89C0F182618308D15904A32204AAA90AF8A92FAC139DD05E7369FBB879B6933BCEBAEF8127D8DBE7028C6B7FD89D9DCB43AF5E06130FA66E3E029EE6AF33FB2B9416EF66BEDA6F8F72F3CBE00A6B707BE');
INSERT INTO "plan_parts" VALUES('23e0740705d7165ca60df8f1569e65bc42cd42d47eb577fb8bad55797353c476',912,X'7801B5935D4FDB301486FF4B6EA9557FA47112890BC2C8DA92522A5ACA324DC84E6C97B5C46DE2A60DA8FF1D03EB34A4B2494C48BEB0CF39EFB11FBDC78F8E2A59612A27FCFEE8E45A974EE82CEE78C9CA06BC1C5BCE5C3436D835D705EB4664308AA0A6E7FD6DF22D6ED6EB71A22AF573BD8887826374112553991D3B567457E456C5B5B63B759BE95CD8E8C646F5E6F5B2CAB0D2D8120CB1071006D01F433F743B2184A92D152FFA3F92A813DAF59CDCFD68ED1B5B3D440CE380BAC0A394014AB300304404901242E9F93923397576ADDF74B2D48579CB36BACA06F5E242D47C1C49755F0673B20ACCE9AA3D9C6F37D35E2A57F1D5EC7282B766F2613604F7CF3FC4864202DF672300094A01F53C0E78C6398039F23BD47719666FD80E3A9726791DAD1AC42BCCCFAF4FB4DB2DC42629DAF75F3A781AA7A36461E2A22F9603A53E4E87FFE69CB7473FE81C0114BB1850E95110202941E60981396108FBFE3F9C737BB3B87F53DDCCDA832C3D8B793919055C1E29F2502DBF66EB1335AE7BC4AFA701FD0FE73E8FCD0EB26996C24EF1AF5FB87B02734B0C04');
INSERT INTO "plan_parts" VALUES('2ff9b526a74e4f9a746e7f0b42f150217b2153407e3ef6516059e242ba9ba79e',912,X'7801CD93D16EDA301486DF25B760619F38B6136917B02D43638116AD34619A26070702247171D202A978F779DD9898C476D1AB4996659F737EDB9FFEE367676564D5D44EF0E5D9515A1B27708A756AA439A2976DD7D966471B6CB6B3B0A926DB50B47D3398C5AB51F22E2F1EA3D97D04FD322F6329EBDE687A60217EE358D1BA5256956A6D57AB6F0BAD321BDDDBA8DEFFBCAC6EA4696C096060880022DE672C02EA0518CF6D69F6A2BF48122FB0E347F2F4B57B3ED8EA3191003EA788712E1177ED9452922100E1F920C163943AA7EE6FBAA5D155F327DBC7B8F5F2B71195D36253EAF6FD5DB486DB65C587E9BD3087BCE8E1693A18DFE64F8578351BC1E7E75F6323818BFFCEE62292718EB87019923E278861929285F41642C025DB55E75AB58B0DEC426226776B0266DEAB43B2AC275952B4B47D885CBF8CE907AE37A3D5EBE9E05FCEB133FA55E75CC48102E21208F2A9A710F8844B972D9862F892EE8A731BB61FF7639A8C656730A743F228548E4DE75026B0EF3C7D9ADE2438A36AA7867DFD3FB2D9466E8E0F99EDE25FBFF0F41D30CF0801');
INSERT INTO "plan_parts" VALUES('3d77cda90857bbeb733d9a195e3d2e5233306f2f4c523eb082fb49a76b13e74a',692,X'7801CD925D4FC2301486FF4B6FA1B1EDBAB55BE2C55C18389801DD16C118D37DB1C947614C6110FEBB1535C11B2EBC32E9C5E97BCEDBE6C97B0E605A8965BD01D6D301A45256C002F332AE44D5C0D3B50D6659A3C460E1D3379DBF47BD926C9DAB5DE15127F44DD409B478516872E8EEBD49E24FE5DDED3550A672992A572CA5AAA62F894C33A56E952AB75F9F6D6A51D56A842062404C202101E216D52D84266A343BF9CF9A58B7D4F96C1E9FDB3F0F2B3FC28210935168302620134487B1CE35C87323E302610D990C1CDB97E976375112AE4B67E0E50F0D6A0CB7D5DAAFBAD148D0A18B3BE59A174EAAA536B64DFA673A4C2ED11917E934C8082590E51A862646181A882081054F38CBCEE9F24A2EEBDFC98D1EFB74E0D9B6BB7170E4EFD2B0D72F9CEEFD24DA6F56C3B02C023223F3D771DD6D8DFF239B0ABB6E56994AFA7B538F1FF286C6F7');
INSERT INTO "plan_parts" VALUES('224e9f7b496e8f4c664e8d714cca56565547aef78eede98ec8f1d3b341c459d8',692,X'7801CD925D4FC2301486FF4B6FA5B11F5BBB2DF142877C1A242021608CE9D66EC18D756E933108FFDD8A1F91C478E195492F4EDF73DE364FDEB3077121B2AA04DEFD1E48AD0BE081741514A268E0F1DA02896A8C988F9B4D5D17FE7CB6CA263D992D47BD51472011CFCA977537992F59E3FB97511E6CEA0B604CAB4C1A57A0B5A9E2C7504B65D4DAA8BA7EFFACAC445199118208839840E2DE21C7B36C0FA1A5195547FFB726B63D73DE9A8787D6E7C3C68FB020C4E516649C0BC8318BA0B0B10D256121C712318B86E0D0FAA28B0A9D55A76CF33ED96A7A16A4BB853BD8EAF1668763B41BE49364AB6FFAD1B49143553FAF29E9CEFECC86C96F6CEC57360A39B108E48EAD60103A2174221251CAA84BDD13B61F938BA7BD6BDCE98CF2D86F4793E0490C932A771D7145CFD3FE42A54CBA4E5EAAAA7DEBFC473A1376D5E4CA24FDB1A987572F9BCBD1');
INSERT INTO "plan_parts" VALUES('9d612fbc9ef91278f99d929dc7ad2690449f7e0b077c0f5048beeabe27956f08',537,X'780185D2416AC3301005D0BBCCDA031A49D6C43A4757095D4896DC9A38B6895CD2607CF7AA05171B1202DA88FF418F19CD90624AEDD027B0A719FC309CDBFE032C08725256ACD1303BE4B261F43A046C8237D148D22A1214904657C75C0F319D53BEDFDA3E0C37B033A4C95DA79C48210D9244416FA2B242E473CCC5D8877D48E51A2E39FD1E633DC55C5105D42E3FD24E77B0FD57D72DC503A6428ACCC854193CB0246457097D385465EDCD86F9E9BAEE95928455CF9564FFA047D829A5DE32498A274A965A2247E9D179C75835C693F2A131AADC282F314E790B781D86CB4BAD5AC7F668A6660D77DA7287D5CB7B01D37DFC5DE3FF67587E00FC6896B1');
INSERT INTO "plan_parts" VALUES('cc1e6a9c557417906bff651664f6bc6fb89880cc437264d4ccccf6eab8c22cad',537,X'780185D24D6AC3301005E0BBCCDA03FAB135B2CED15542179225B7268E6522953418DFBD6AC12586848036E23DD0C78C164821A5214E09CC710117E369983EC000E35688966A54441689BA162D9701FB9EB15E696FA527A820CDB60BA5EE433AA572BF0E938F57300BA46C2FB9248209855C20D36FAC358C957328C530F97DC89B2D5C4BFA3D872E8752911574B63C32E41B98E96B1CD7EA0153220F44484A39749D73C83CD70DE9DA0A7BCFFCB4E3F84AC99991CF95DCFC410FB0538AFA9EC9057BA224510BA45E11B6BCEFB1532108272D175ADF0DF31C422E5BC04B8CE7975AB98DEDD14CD516EEB4CD0E5BAFEF15E4DBFCBBC6FFCFB0FE0006E89763');
INSERT INTO "plan_parts" VALUES('7dc359f032ce03a8b43957a8b01fc688cd7a31c248b8685fed8a173e002aefb4',537,X'780185D2DB6AC3300C06E077D17504967C8AFD1CBB6AD98593982D348D439DD19590779F37C868A0A5600CE617F843D20239E6DCA731833F2ED0A474EAC70FF02028303BABD0581BD0CA72358A2232D7DA71606D94820AF214DA58CABB984FB9BCAFFDD8A52BF805F21C2E734958B0416224FD269C17A29C43298C63B70F496FE15AD2EF29B6732C25B28236944FFAF9067EFC1A86B57AC09448D15AB4B534189C2534821A6A836EEB9AEF989F61185E294978F95C49FE0F7A809D92D53D93583C515A568C3630A153BA4376648334ADE98CB8539E639CCB14F092D2F9A5566E6D7BD453B3853BADDE61D5FA5EC17C9B7EC7F8BF0CEB0F15129537');
INSERT INTO "plan_parts" VALUES('912934c4997efe1c23086c0b82604d5b5605b799708be59eeaf9fb374a6d8b3f',371,X'78018590C16AC3300C86DF45E7082C39B11D3FC74E1D3DB8893A425B3BD41E6D0979F779878C160A035DC4F7833EFD0B64C9794A3183FF5CE090D2698A5FE0415160EE6D8BC6DA8036708787CE697447232E28D2AAB7D0409EC320353E4A3EE5BADFA638A61BF8057209D752092B36488CCC1FAAF74AD5D9D5A0C4F11552B7C1B5D2FB2C43911AD10D0CA11E99CA037CFC3E9FD7E68DA646CB2DA33D6AC29E14A151AC020537382B4F9A179152FFC36B4A97FF6C496F42EF6CCD065F6CBB675B6AD77D03E531FF16F457F3FA03AC2668C8');
INSERT INTO "plan_parts" VALUES('b11001252a08d0511611d78975040b9b6818259e8009bf8ef2eb48f028986ec6',371,X'78018590C18AC3201086DF65CE19D0316AF439F6D4B207AB66096D35544BB784BCFBBA8794160A85B90CDF0FF3CDBF4089A54C3915B0FB050E391FA7F4031618774446F7A8B476A8B91AD1492E3190F29A07A67AE1A183323B1F5B3CC4722C6DBF4D29E41BD8054A7597DA083152C809C97C3163196BB36BC198C22BE472836BA3BF73F435B688E8C0BB7664AA77B0E97A3AADDD1B4D819A7A423DC888073F781C461A8550C208F3AC798EB1B6FFF092F3F9932D179BD03B5BB5C1175BF96CCBFBF5BB837A9FFF0B7AD4BCFE013AF66988');
INSERT INTO "plan_parts" VALUES('ac3c2748af8eb040bbdc288aba2f5f46dabecd0f6c9d861c33dca8069b2da1aa',687,X'7801B5926B4BC3301486FF4BBE6E6169D25B0A7E98BB309189B3753711499BB49DEB1A7B995D37F6DF8DD37981A12008211CDE73DE131EDEEC4094B3B42C8073B7035CCA1C38206649020F75132C45AD943299CDAEB356BDDEC6A925B36CD0183682F59CD0F6FAB65C26855BC493A09A7A93ABD11950A645CA95CB975255D14320B9506AA55459BDBD54942C2FD50846D8841A86087B883ABAE1203457A3E2E0FFD2D40C479DD7E6FEBE795CACFC486318530B43CA42062D4A75E8738120C3BE66E898D99851B06F7EA085B94CCBEF6CB9771E578DE960F8182E7ADD08AD3AA4DC982699C6797719B56F124BF63DB1E95389FE898DFCC8462037421D5A81A941C6751FA2D0B02D931A846BE62F6C8568CB1B598F6C371BDB2825176E273349DAE979553E70B7D5F8729588E79695F6AB3FB37D46732A37F318EAC9DC141663EAE29440DF087D18DA81C5754118418A4D455DD64F42E5FCFE49F72F96C7CA86');
INSERT INTO "plan_parts" VALUES('f7fe3e81ba6bf02739a31487c32d99841f161dc4cff9aa8d4a9be3f71157eef9',687,X'7801B5926B4BC3301486FF4BBF6EC1264DDAA5E087CEDD64CE7517ED9C88A4B96C73B5195D5D2D63FFDD389D17180A8210C2E19CBC090F4FB6D62C6369BEB6FCDBAD25B4CE2CDF9AB32401FBBA6A2D65693AB04EC73C8C56B44DC2FEF368305A46CD092CF4D9D5A6081B41348EBC6E59193E8A253EB54C68910A938AB536D5EC9E6B214DB7305D5DBCBDB4CE59969B23C8462E8008D8746C531F13DFB6A7E6A8DCE7BF0C21F1CD7A1DEEEEAA878B4DDE860C21EA21409962C043088318220994420462456A8C086B57FD4053994EF3EF6C69B2E1BD27824BC58B65C1DD3269D47993042DDD8E8727010AB30AC7320CF29BE09FD89C1FD91C2088C2C0C30203E67201A45373A95D83D8A3FC173667A3CA78DA49A68369FFBAB5997784733E0F2E5B344BA378325C74CBE2815FB83A94BD3FB37DAA39E6CD3D483DEACD6031663648624031F1404D32C7555C229B196F46755EAEA4F1FCFE49772F3953C94C');
INSERT INTO "plan_parts" VALUES('4c6ed75e48cc67eb6fc7a4c7450de211cb1b56488e81cdf9b14019b67d05c0bc',687,X'7801B5926D6BC2301485FF4BBF6A304D93B629EC836EE20B03D7D56ECE3146D226D55A1AD7563B27FEF74537F702B2C16010C2E5DC9C7B7938D91A49C1F2AA34BCFBAD112B55189E316359060E75D358888D56D0AC2F6127132EBF4CA6A9930EC346025BCFD9359499ECCED3D0EF7526413E0FEBE4CCD0A6791E6B17574A57C963A462A1D55AABAA7EDB5456ACA8F68321B2818980698F21F530F1209CEAA7E2E0FFD23489A7CFBEB97B681E076B3F341942D4418032C98023680C5C213880DCA2C225C8C5303276CD0F3459A8BCFACEB6DA8479727BCEF2B543A5DF0D07035E5EB8A8DDBA99246A5C413F2E69B9246BE9FAFFC466FDC8668198480C1CC239A03C9680708C99856D4AA1F90BDB08656DFEE234702BAA7ACBC5CAAC03F6341CF53553904EE1102B15F4EF06D8BF8AFECCF619CDA9DCEC63A82773D3588CE94B4431E0884700736261D391C4B2E421EA6AB3143AE7F74FBA7B056F3BC980');
INSERT INTO "plan_parts" VALUES('bb800d28dd426b76f99b0fb8f3362b48543fcda59bd159aaf8cac10445ac9bcf',545,X'7801A592DB6AC4201086DFC5EB0C788826FA1CBD6AE9C578483734AB215AB6DB9077AF7BB1252D29BD28C8807C3FF8CD382BC921E731C54CCCD34A6C4AAF637C218650869CEB8E83C601A1D3BA05EB0305E496C99663CF519386E4195DA8F1134E53BD5EC6E8D3859895E4824BA98053AE8071A0FC8151436FE7B10643F43FA0BCC3ADD2F739B8126A24BE4D53431CD667C67225A6A75B73A029C0CBA185CE2906E85B0B74907DA7B4149EA99DE6398452FB8325A5F3FF74C5A1AEDABB327EE85A35116BF15A80958385A1779D6F834041F7AE1F290670A771F24B887FCA4A237E9FADBAC36FB365726FCBE5F6DC90729D6FDFF9B514DB278A0F9AAB');
INSERT INTO "plan_parts" VALUES('d8997476d2ba34519ef5048a09d11e4bf478c704c2772c270dde05b4bb8a465a',545,X'7801A592C16AC4201086DFC5730674A226E6397A6AE961A2936E68564392B2DD86BC7BDDC396B4A4F4501041BE1FFCE6D755CC3CCF7D8AB3689E56D1A6F4DAC717D108A908D155088E3A820A5143AB90A1EBD028DD999A4C10859847F29CE3271A867CBCF431A48B6856312F342D19A0440B0A41BA07251B795B8F39C831FC80E60EB74CDF47F60BE7487C1B864278CAD7F4CB5534B5DC8A03CD1282E934543A6820EB0370595B276BA52BE7779A67E625CF07534AE7FFE99687BA76EFAAF0D0356B12E54D99169C3615D44CA5ED3CA3A47DA51F2932F8533F8489E39FB2A6297FEFD6DEE1B76E95D9DBA2D99E0BB15CC7DB737E7D8AED1393829AA9');
INSERT INTO "plan_parts" VALUES('75ad2b60edb38abc3ac632d25d3c4e338ae9a652efcdc1b990e569edef439708',545,X'7801A592DB4AC4301086DF25D71DC8B16DF21C5E295EE430758BDDA43491752D7D77B3172B552A5E0861207C3FE49BC9AC2463CE638A9998A795B8945EC7F8420CA1CC72AE3B0EDA0E163AD4017A4407D4098DBDE2BDA49E3424CFD6638D9FEC34D5EB658C215D8859492E76291570CA5B601C58FBC0A8A1B7F3588318C30FA8EE70ABF47D465FB046E2DB3435C4DBFACC58AEC4F4746B0E3405043548E89473A05D18403929AD90ADD694ED34CF88A5F6074B4AE7FFE98A43DD76EFCAF8A16BD5B4B616F4011C771EA45342B26E50420C3BD78F1411FC699CC282F14F5965C4EFB36DEFF0DB6C99DADB72B53D37A45CE7DB777E2DC5F6095E0D9B2B');
INSERT INTO "plan_parts" VALUES('000bf9fa412c1349a035b6202d439ad40e47e05d7b3a4b3b7c1dfe148f0c65ff',467,X'7801A591D14E83301846DFA5B7A3495BCAB0245E6CD1992C4313C6E6C41853680B44A40A55980BEF6EDD9CD1C478E35DFB7DFF6973DA1DC81B5E9B1604B73B20B46E400054A36B03F71B073CC8AD8DCA380ADFA2F5CB452256575D18E5D7F5329D855B65CE4A53A3754EAB9B73A413A326A7C042652D2C956A6D57F97DA685B4696753DD1DAE6A0D6F8C1D21888C212610D118A3007B0142891D957BFE7B49027A28873BE778B0E511E684309F428605863EF2304C2551D0272C459CB9EE985230385F6E05AFAA9F6A959E17A3C72C9E6F08DFD42D8D16593F9912FCBAE83BD18EAA69B1EA67D173B8BCFC87DAC91F6A041FCB5FD508645C71E87B42422E33067DC5B08B051728CDC00762B64FD23EC5E7470EEF88398A52');
INSERT INTO "plan_parts" VALUES('ed4d80100591faee8ffe6897b25a0ba7d88d250b9b1d0a7dada521fd2501bfd0',467,X'78019D915B4FC2301886FF4B6FA549FB6D6387C40B3538A726333889608CE969031D2D1B35B010FE3B15C46862BCF0AE7DDFEF69F3B41B54B54CDB254A9E36481AD3A20495ADD116EF373DF4A63A178D6DF4385483629D6783D7EEA2E98BF3593CBC84D1ED389D4CF449DAE8F4FE6AE42DEDC32972D04C4B477163DCAA7A11462A97AE5C6A5687AB9696B5D68D00813EA680292D28496890103271A36ACF7F2F21F10FE5F6B9773CD8F184328038F4714C25C5A1CF098E4A00CC150D19113EE710A36DEFCB6DCAEAFAA7DA540572945DD74D2303101E0BFA6BBA68E6596BAB72E1CDB2FC46E777C540BCCFCFFEAF16FDA106F458FEAA06386625736ACC593129B15254045C12AF0C4BF481D86EA1DC537C7EE4760779818A1B');
INSERT INTO "plan_parts" VALUES('957168f817595720bb3a9bfee4d35fc26cedf8b00e26357834e4e38025c6712f',467,X'78019D915D4BC3301846FF4B6E6D30493FD214BCD8606C736CA5B3055144D2A4ED36BBA666915147FFFBE2E64441BCF02E799EF7249CE4002ACD1BB303D1E30148A5348840A95563E069E38097A2B3514713C193F2DD95770D9A57A390E9B81E6FC4365DC5555A6E2BA28757540B42BD1B60A175232D952B6557D5B350B2B0E9DEA66A7FBE6A67B83676842012404C200E538C22EC47083DD8D1E2C47F2F49E49DCBFEC9B91C6C798439218C7A906189216585803CC71462997BA8F47D81FC1CF4CE97DB8AD7F54FB5498AD47C5ACDE26433BECE26C1B24BDAA5CE5ED7B3DBF67E3A588CB261970F166FA151FF570BFF5023F852FEAA4620E32587148521E4C215D065AC74A990B91B20F08198AE2DEC537C7E647F0473C08926');
INSERT INTO "plan_parts" VALUES('4a3c8211ffd277997d85f86af09d8fe57130a76327eb5198efb63b0c7ddb64d8',371,X'780185D0C14EC3300C06E077F1B9961CB76B963C072710073749594595544BD02855DF9D803434D024AEFE7FC99FBD410E394F2966B04F1B0C29BD4EF1052C901266A33B34CA2BD4745038041E51B319484CDBF65D070DE4455CA8F58F14039EA65CD279ADE3CB147DBA80DD201739975A60E21E1523750F8A6C4B96E8B11643F47F42BE867B4DDF97E04AA895BE012775D75456B04C7B73C7CA686414D4071F508233A847A35AE5C5D3E06EAC2799E77F8DC72BE38E9155D57F1FF0CB18DFE6F99679A4FDB981B22E5F0FFA79F3FE09BF4B6A55');
INSERT INTO "plan_parts" VALUES('e720e13dde82fb83c12e1a3e730c6afaa1f578ce642f6c2b2559d524051c304c',371,X'780185D0DD6AC3300C05E077D1750CB29A35899F63571DBD907FB29A053BD41E6D16F2EED3061DDD28EC56E7803E6985124A893915302F2BD89CDF627A0503A89968E85A3568AF55D75A54FD48A46CD01DA36BADA5011A2833BB20F58F9C823AC552F37991F125269F2F60562895CF550A84B4579A94D6CF1ACD0E0DE2418A21F93F21DDC24DD2EB1C5C0D52D937E05876C5BA8021DC9A075652038F2C5616267BAF42D0EEC97ADC8DDD78673DF134FD6BEC6F8C0746D2A2FF3EE09731BD4FD33DB3C7EDD8405DE6AF07FDBC79FB0478186AFC');
INSERT INTO "plan_parts" VALUES('de3425d7ad97a3f365911b9caaf4a9392aca5345abe52d5b18c883eb25300942',371,X'780185D0CB6AC3301005D07F99B50746726C3DBEA3AB962EF472236A2413A9248EF1BF572DA4A425D0EDDC0B73663628A194985301FDB281CDF93DA637D040CC70AEC40115F30C850A0E8D650299B7079A86C1D160A183B218175AFD9A53C0632C359FD6363EC7E4F319F406A59A536D054E7C44C691C92746BA274DF4DC8A21F93F21BF857B4B2F4B7035B4CAD881336D57AC2B684E7BF7C0CA5199C9A02029D1B8DE61AFD4D40BE76D3FD29DF568E6F95FA3BC311E18396BFAEF037E19D3C73CDF3325EDAF1DD475F97AD0CF9BF74F49A56A6B');
INSERT INTO "plan_parts" VALUES('dc12eeef1679b486baa96750536290b7ec7ddd5dcd686cd7cb72e73edfdabc5e',248,X'7801358F5B0B82401085FFCBBED6D2EE78177A28E8C5E842994411A1EE265D704B17C3A4FFDE64F93673CEF9E6300DC98A38D725F1F70D114A15C427A742E59AB64B9F5C658D52357BDDA2C7E8920C56E5723D9F469B6017546326A072EA60EB4E1622EA69B9D0413624089D738154A2144ED9315542A2FA44553D7F55A58E0B8D11606053CE29782180CF2D9FB11D4665CB77A6C142E6A0D39AEF43BF3B8C3CE33180E798541AD2A68E6BA5D433538BA68904D7B00D1EBB36F922BABE4BCCFFBF7D7F008CCD4997');
INSERT INTO "plan_parts" VALUES('000fe248fe9af42b1f3144d05bce036746de5ac36ea1f7c1b97ca7ac967c5f80',198,X'78014D8EC10A83301044FF65CF06361B8D9AEFE8A9A5871897120A89342956C47FEF22147A9C790F6676285C4ACCA980BBED30E5FC8CE9010E507BA2B16F151BB6AA1FBAA0C636742A4C4C83B146FBC1420365F181452FF53DC72CC51AD39C5770BB54FE55051192555A2B1A2F44CEA043BC8AC869FE83062F685DDB9DF010FA59385416851A085E5662DD24E0716FA06ECBB9F97B7E7C0131DA393A');
INSERT INTO "plan_parts" VALUES('de07fc33381de6ac5fad851e6b3df687f038e7e481fded12f4e9ba8c0f3dd9ce',160,X'78014D8C4D0AC2301085EF32EB469289B63AE7E8CA2222264AA864CA345624E4EE8682D0DDFBF9DECB90BE9307025EBC48707E8666A369C8E098A5020FE198D46A1A184374357BF17DBC3AFEC43A726F09F10994614E3749B5458DAD3246E1A947247B2083BBAE35DDD19E2BEFD7873F6375AF91F67ACB9472293F205B2EE3');
CREATE TABLE plans (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	sealed BLOB NOT NULL, 
	compiled_at INTEGER NOT NULL, 
	horizon INTEGER NOT NULL, 
	grants INTEGER NOT NULL, 
	applied_at INTEGER, 
	refused_at INTEGER, 
	why TEXT, 
	CONSTRAINT pk_plans PRIMARY KEY (site, edge, version)
);
INSERT INTO "plans" VALUES('march','march-pi',1795992017903,'4c7af7e751b4b79ce5426dce81e975c2346489f036de3df657942fcc15af23d8',X'7B2276223A322C226B6964223A2239396261336466613562303839326562222C22707572706F7365223A22706C616E222C227061796C6F6164223A2265794A7A6158526C496A6F6962574679593267694C434A6C5A47646C496A6F69625746795932677463476B694C434A325A584A7A61573975496A6F784E7A6B314F546B794D4445334F54417A4C434A6D623278736233647A496A70624D5463354E546B354D54677A4E6A63784F563073496E5A6862476C6B58325A79623230694F6949794D4449324C5445784C544935564441774F6A41774F6A417757694973496D6876636D6C36623234694F6949794D4449334C5441784C544130564441774F6A41774F6A417757694973496D3131633352666457356B5A584A7A644746755A43493657313073496E4268636E527A496A7037496D4E7362334E70626D63694F6E73695A476C6E5A584E30496A6F695A6A4D7A4F446B324E6A4979596D4D794E47566D4E3252684D3255785A5464694E546B324D574A694D54517A59324E6D4D7A4133593245304E54457A4F5445354D7A457A4F544D345A4451345A6A4D7A5A5467354D434973496E4E70656D55694F6A5933665377695A334A68626E527A4C5449774D6A59784D544D774C5441694F6E73695A476C6E5A584E30496A6F694D7A6B305A5745354E5445324E7A63335A574E6C4E7A55344D4463324D7A63314F44466959324A694D446B774E446C6D4E4467784F54686B5A5749324E574978597A6732596A67304F5449355A5449775A6A413459794973496E4E70656D55694F6A51324E333073496D647959573530637930794D4449324D5449774D533077496A7037496D52705A32567A64434936496A597A5A6A4177593252685A47466D595456685A6A4D784D6D45355A47466D4F544A68596A67344D6A4D7A5A6A45324F4467785954426D4D474D344F444D7A4D3249354E6D5A6C4D4755345954526D4D4467784D7A63694C434A7A6158706C496A6F324F445A394C434A6E636D467564484D744D6A41794E6A45794D4449744D43493665794A6B6157646C633351694F694A68597A4E6A4D6A63304F47466D4F4756694D445177596D4A6B597A49344F47466959544A6D4E5759304E6D5268596D566A5A44426D4E6D4D355A4467324D574D7A4D32526A595467774E6A6C694D6D52684D5746684969776963326C365A5349364E6A6733665377695A334A68626E527A4C5449774D6A59784D6A417A4C5441694F6E73695A476C6E5A584E30496A6F694F445135596D5534596A67784E444A6A4D32466D4E6A5A6C5A474D354D7A63775A44517A5954497859544D35596D4D324D3255334E5445795A6A5A6C5A4759305A54466C595749354F574A6D5954457A5A6A4E695A534973496E4E70656D55694F6A51324E333073496D647959573530637930794D4449324D5449774E433077496A7037496D52705A32567A64434936496A41774D474A6D4F575A684E444579597A457A4E446C684D444D31596A59794D444A6B4E444D35595751304D4755304E3255774E575133596A4E684E47497A596A646A4D57526D5A5445304F475977597A59315A6D59694C434A7A6158706C496A6F304E6A64394C434A6E636D467564484D744D6A41794E6A45794D4455744D43493665794A6B6157646C633351694F6949334E7A41354F444E6B4E3249784D6A5A6A4D6D49345A544A694D4451775A546B784E444A6C4E545132596A51324D546C684E6D5A6A597A4D324D4459335A5445784F5467334F5749794D446B304E3249344D6A41344969776963326C365A5349364E445933665377695A334A68626E527A4C5449774D6A59784D6A41334C5441694F6E73695A476C6E5A584E30496A6F694E4452695A574A6C4E54497A4E57526C4E7A686B4E6A6B334D6A5A6A5A6A6B784D6A497A4D446B785A5455334E546C6A597A45344F5445354E6D526A4E32566C4D474D315A6D59314E54566D5A54517A4D324A694E694973496E4E70656D55694F6A51324E333073496D647959573530637930794D4449324D5449774F433077496A7037496D52705A32567A64434936496A686A4D6A52695A6A4D314F475135597A6C6C5A6A6C6C4E32566C4E6D4D794D54566C4E474D774D4759344E474E6B4F446332596A63335A6D49304D7A67324F5756694D5441344D6D553159324E6D5A6A6B324E5451694C434A7A6158706C496A6F304E6A5A394C434A6E636D467564484D744D6A41794E6A45794D446B744D43493665794A6B6157646C633351694F694A6D4E325A6C4D3255344D574A684E6D4A6D4D4449334D7A6C684D7A45304F44646A4D7A4A6B4F546B344E44466D4D5459785A474D3059325A6D4F5746684F47513059546C695A544E6D4E7A45784E54646C5A5759354969776963326C365A5349364E6A6733665377695A334A68626E527A4C5449774D6A59784D6A45774C5441694F6E73695A476C6E5A584E30496A6F694D3249305A474577597A41315954466A4D546B30597A63795A44526C4E7A52685954557A4D324D7A4D6A59784E6D45334D544D334E546B784E47526B5A6A597A596D55325A5467354D574E6B5932526C4E54453259794973496E4E70656D55694F6A49304E333073496D647959573530637930794D4449324D5449784D533077496A7037496D52705A32567A64434936496D566B4E4751344D4445774D4455354D575A685A5755345A6D5A6C4E6A67354E3249794E574577596D45335A4467345A4449314D474935596A466B4D4745335A47466B595455794D575A6B4D6A55774D574A6D5A4441694C434A7A6158706C496A6F304E6A64394C434A6E636D467564484D744D6A41794E6A45794D5449744D43493665794A6B6157646C633351694F6949784F474E695A6A52685A544D334E444E6A597A6869596A45775A546C6B4F574978597A41325A5745325A444E6B5A6A59304F54646D4F4445774D5749354D6A6C6B4F575930597A426C4D7A51314D325A684D7A55344969776963326C365A5349364E445933665377695A334A68626E527A4C5449774D6A59784D6A45304C5441694F6E73695A476C6E5A584E30496A6F694E6D4530597A5A6A4F4459315A574E6D4E324D304E6A6332595449784E7A45354D6D51794D6A55784E5451304F4452695A6A526C597A4D7A4D4752685A54457A597A4A684E6A4D305A444E6D4D3259355A444D7A59534973496E4E70656D55694F6A51324E333073496D647959573530637930794D4449324D5449784E533077496A7037496D52705A32567A64434936496A67325A574E6A5A6A4E6C595455784E4441324D5745344F546B354D6D466C4E5449354F545A684D6A59354F47466D595749334F445A6A4D4449314E444177595755314D4745324E32466C596A4D304D444D774E6A67694C434A7A6158706C496A6F304E6A5A394C434A6E636D467564484D744D6A41794E6A45794D5459744D43493665794A6B6157646C633351694F694930597A5A6C5A4463315A54513459324D324E3256694E6D5A6A4E324530597A63304E54426B5A5449784D574E694D5749314E6A51344F4755344D574E6B5A6A6C694D5451774D546C694E6A646B4D44566A4D474A6A4969776963326C365A5349364E6A6733665377695A334A68626E527A4C5449774D6A59784D6A45334C5441694F6E73695A476C6E5A584E30496A6F694D47566D4D7A6331596A4578596A553159545531596D59314E324D315A6A55354D6A6B334F5455304F446C6A4F4751314D6A68684D5745794D5759794D44686B4D3245334E474934595755354E4463774D474E6C4F434973496E4E70656D55694F6A49304E333073496D647959573530637930794D4449324D5449784F433077496A7037496D52705A32567A64434936496A6B314E7A45324F4759344D5463314F5455334D6A4269596A4E684F574A6D5A5755305A444D315A6D4D794E6D4E6C5A475934596A41775A5449324D7A55334F444D305A54526C4D7A67774D6A566A4E6A63784D6D59694C434A7A6158706C496A6F304E6A64394C434A6E636D467564484D744D6A41794E6A45794D546B744D43493665794A6B6157646C633351694F6949304E32566A4D445A6C5A6A6B335A6A426C597A686A4F4463314E545A685A6D5A6C59545A6C5A474A6A4D7A646D4D32526D4E6D4A695A5759315A4445354E5446684F4441344E6D59325A5451784E324979597A646D4969776963326C365A5349364D6A5133665377695A334A68626E527A4C5449774D6A59784D6A49784C5441694F6E73695A476C6E5A584E30496A6F694D4449354E574E6D4E5442684D6A59324D3251315957557A5A546B7A593255344E574D7A4D445A6B4D444E695A5445794D6A49775A6D566D4E5452694D5755304E7A597A4F474E6D4D54457A596A46694E6D45774D534973496E4E70656D55694F6A51324E333073496D647959573530637930794D4449324D5449794D693077496A7037496D52705A32567A64434936496A6B795932566D4D574531593255334E44646C4D6A55354D4759344D6A41774E7A45344D575A684D575930597A41774D575579596A6C694F54526C4F5459325A474A6C597A5979596D5268596A6B325A6A466C5A4459694C434A7A6158706C496A6F304E6A5A394C434A6E636D467564484D744D6A41794E6A45794D6A4D744D43493665794A6B6157646C633351694F6949324F44466C4D7A6C6C596A45784D6A67335A54566C4F574E684E6A593459325A6B4D445A6A4F5451345A4445305954566B4D7A51354E6D4A6C5A475533596D4D334D4459344E4749794D4441344D7A686C4E5441304969776963326C365A5349364E445933665377695A334A68626E527A4C5449774D6A63774D5441794C5441694F6E73695A476C6E5A584E30496A6F694E6A6B32596D46685A44557A4E6A4A694F5755345A6A497A59574D304F4751304F546C684D7A45785A546B324D5755774E7A67334F5467775A475A6B4F47566A4D54646D4D57466C59575A6A596D526B4D7A59344E694973496E4E70656D55694F6A49304E333073496D687664584A7A4C575A79623235304C575276623349694F6E73695A476C6E5A584E30496A6F694E544A684D6A457A5A5455334D6A4D304D4455794E5759345A57526C4F5745345A446B354E5467314F47597959544E684D3251335A574D79596A49335A4745334E7A4534596A55324D32597A5A57466A4E57597A4E694973496E4E70656D55694F6A677A4F446C394C434A6F623356796379316F595778734C575276623349694F6E73695A476C6E5A584E30496A6F694E4449305A5446684E544131593259334F5745334F5456684E474E6D4E6A49345A6A51304E4463344E5459774D5446694D6A42684D574D344D4445344D44566B4D475577596A646C4E6A4E685A4456684D324E684F434973496E4E70656D55694F6A67304D446C394C434A746232526C6379493665794A6B6157646C633351694F6949354F5759324E7A55314D6A4D304E544E6B4E475669596A55774E544D774D324D354D54646B4D54646C4D6A5932596A67345A5442685A6A64694F544668597A677A5A6A466B4E5745334E6A4E684E6A517A4E6D59784969776963326C365A5349364D6A59304D333073496D39325A584A796157526C6379493665794A6B6157646C633351694F6949354D6A6C685A5463344D5467315A444E6A5A5463795A5751324D5752684E7A686D5A4463314D6A6B77597A417A5A6A67354D544E6D4F4751315A446B775A6D4D324F444A695A6A41794F4446695954417A597A5A6C4969776963326C365A5349364D7A56394C434A7A5A584E7A61573975637930794D4449324D5445794F433077496A7037496D52705A32567A64434936496A637A4E4464694F57566A4F4456684F5463774E7A45314D5745354E54686A4E6A5A685A47517A597A49795A574D35596A55355A544D784F5445344F4464694D6A4A6C4D574A694D7A466C4F54646A5A575A6D4F5459694C434A7A6158706C496A6F784F546C394C434A7A5A584E7A61573975637930794D4449324D54457A4D433077496A7037496D52705A32567A64434936496D5535595759775A574A6A4D6A46694D6A5A684D5445774D6A466C5A6A41344F546C6B4F4467354D32457A4E546777597A45344D444E69597A517A4D7A46694F546C6D4F44646A4D5445795A6A5177596A646C5A474D694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449774D533077496A7037496D52705A32567A64434936496D55784F4449354E3245774D6A49304E54457A5A47566A5A444D325A5451355A4455784D6A49304D5459314E4463784E3245354E54497A595755304D324D775A4459794E325135597A646B5A6D566C4E444E6D4E6A67694C434A7A6158706C496A6F314D7A68394C434A7A5A584E7A61573975637930794D4449324D5449774D693077496A7037496D52705A32567A64434936496D4A694F4441775A4449345A4751304D6A5A694E7A5A6D4F546C694D475A694F47597A4D7A5979596A51344E54517A5A6D4E6B59545535596D51784E546C68595759345932466A4D5441304E445668597A6C69593259694C434A7A6158706C496A6F314E4456394C434A7A5A584E7A61573975637930794D4449324D5449774D793077496A7037496D52705A32567A64434936496A566A4D5463314D574979596A5A6B4D4745774D324A6D596A6B7A4F5755335A4746685A6A5A6C5954646B4D6A4E6D4E3259354E6D51315A4467355A5463794D6A677A4D7A4D34597A59785A4452685A54686D5A6A51694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449774E433077496A7037496D52705A32567A64434936496A52684D324D344D6A45785A6D5A6B4D6A63334F546B335A4467315A6A6732595759774F5751345A6D55314E7A457A4D4745334E6A4D794E3256694E5445354F47566D596A597A596A426A4E32526B596A59305A4467694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449324D5449774E533077496A7037496D52705A32567A64434936496A457A4D6A646B5954526C4E6A6B334F57566D4F445179596A566A4E446B325A6D52694D444D34596A566D4E6A597A4D6A566C4E475132595449344E54686A4E6A5A69593249774D32566859546C6A4E6D4D31593259694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449774E793077496A7037496D52705A32567A64434936496A56684D7A55314E6D513259575935593259774F47457A4E6A5A685A5445314E5451334F445A6B5A6D55774D5745774D5749334D57466C4E6A59335A6D59324D5751794F544A6A4F5445344D6D56684D324977593249694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449774F433077496A7037496D52705A32567A64434936496A41774F5455334F4745784D4749784F5467305A6A59344E5442684E544D7A4F44646C597A646D4D4449305A545A685957526A4E7A646A5A6A4E6B4E7A4A6A4E7A646D4E446469595467304E4746695A4441784E7A41694C434A7A6158706C496A6F7A4E6A5A394C434A7A5A584E7A61573975637930794D4449324D5449774F533077496A7037496D52705A32567A64434936496D51344F546B334E4463325A444A6959544D304E5445355A5759314D445134595441355A4445785A5452695A6A51334F474D334D44526A4D6A63334D6D4D794E7A426B5A4755774E574930596D4934595451324E5745694C434A7A6158706C496A6F314E4456394C434A7A5A584E7A61573975637930794D4449324D5449784D433077496A7037496D52705A32567A64434936496D4D324E7A55775A54686C4D7A63304E7A6B774D546B344D5445334E6D51344D6D557A5A6D45314F5463334D6D5533596A41325A5451304F5463324E6D51344E4745334D5752684D7A4A68596D5934596D517A4E4745694C434A7A6158706C496A6F784F546C394C434A7A5A584E7A61573975637930794D4449324D5449784D533077496A7037496D52705A32567A64434936496D55334D6A426C4D544E6B5A4755344D6D5A694F444E6A4D544A6C4D57457A5A54637A4D474D3259575A685954466D4E546334593255324E444A6D4E6D4D79596A49314E546C6B4E5449304D445578597A4D774E474D694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449324D5449784D693077496A7037496D52705A32567A64434936496A526A597A6B784F544D314E6A4531596D5933595755354E3245344F5745314F575A6C4D6A4E6A4D444D354D444D324D546732596D5A6D4D4442684E6A67305A5751344D6A55334E4455325A444A6B5A5468684D5745694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449784E433077496A7037496D52705A32567A64434936496A41325A44566C4D7A686B4D3249354D54566D5A4449334D7A59304E475A6D59324D305A6D49794D3245794E4455774D6D49345A5463334D475A684E324A69595449795A4445354E4755324E7A67344F574E694F4463694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449784E533077496A7037496D52705A32567A64434936496A5A694D6A493159574D784D6A4A6B4E324D32596A686D4F4759774E5751335A6A4E694F574531597A5A6C596D466A59324D784D4756684D6A42685A6A49784F44466C5A474D324D3251354F545A6C4D7A55324D4755694C434A7A6158706C496A6F7A4E6A5A394C434A7A5A584E7A61573975637930794D4449324D5449784E693077496A7037496D52705A32567A64434936496A633159575179596A59775A5752694D7A6868596D4D7A59574D324D7A4A6B4D6A566B4D324D305A544D7A4F47466C4F5745324E544A6C5A6D4E6B597A46694F546B775A5455324F57566B5A5759304D7A6B334D4467694C434A7A6158706C496A6F314E4456394C434A7A5A584E7A61573975637930794D4449324D5449784E793077496A7037496D52705A32567A64434936496D4A6C4E6A49794D7A566B596A4A684F4445794E546469597A6B314D5449355A5749784E475535595441794D5445784E6A6B325A6D5179597A557A4D4455354D6A51344D44466A4D444E6A4D474E6B4E6D5269593259694C434A7A6158706C496A6F784F546C394C434A7A5A584E7A61573975637930794D4449324D5449784F433077496A7037496D52705A32567A64434936496D526C4D7A51794E575133595751354E32457A5A6A4D324E546B784D574935593246685A6A52684F544D354D6D466A5954557A4E445668596D55314D6D5131596A4534597A67344D3256694D6A557A4D4441354E4449694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449324D5449784F533077496A7037496D52705A32567A64434936496A4A695A4451784D5759795A5755314E4746685A6A63774E6D497A4E47457A4E5751784E6D5269596A41304E57466A4D7A67354E4756684D7A5A69597A67304E6D4531597A63304D32566D4D445577596D56685A546B694C434A7A6158706C496A6F784F546C394C434A7A5A584E7A61573975637930794D4449324D5449794D533077496A7037496D52705A32567A64434936496A457A5A574D79597A68694D544934595445784E7A4D344E3245775A6D5A6C597A5A6D5954466A4D574D35597A646B4E7A497A4D6D4578595455795A6A45794E7A4177596A5977596D4530597A6B315A4455314E474D694C434A7A6158706C496A6F7A4E7A4A394C434A7A5A584E7A61573975637930794D4449324D5449794D693077496A7037496D52705A32567A64434936496D5A695A6A63785A4445784E7A4D7A597A6330596A59334E5451794D7A526A596A6B774E444D785A5445315A6D59774D54466959574E6A4F54566D4E6A686C4E4759324D54426B4D7A45785A54526B5A545A6A59574D694C434A7A6158706C496A6F7A4E6A5A394C434A7A5A584E7A61573975637930794D4449324D5449794D793077496A7037496D52705A32567A64434936496A59304E5449334D5441334D6D59794F4455354D7A55794D5468694D4751324D6D55305A4449334F5463334E474E6B4E6A41314E7A4D775A444A6D596A646C4D32566A4D4752694D6D4D774D4755794E544D774F5749694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449334D4445774D693077496A7037496D52705A32567A64434936496D49774D574A6C596A67774F544A6B5A545A684E6A4D354F54566A4E6D45304E6A6B334D6D49354D444A685A5456694D6A51344F544A6C4E474D794F474A6C596D55324D6D597A4E7A566C597A45304E3252684D6A67694C434A7A6158706C496A6F784F546C396658303D222C227369676E6174757265223A225556722B497136505A385150654B484E76512F3954496B372B78305A643354733766506E47395568393271787165394971767847515144464C76706D5169484D666E6936317830685259356B673437623548614C42513D3D227D',1795992017903349,1799020800000000,44,1795992019834317,NULL,NULL);
INSERT INTO "plans" VALUES('soham','soham-pi',1795992020166,'ef64c733b5575102ce1ffc879cd2baad67e257f1afe264bed5bc854533e03642',X'7B2276223A322C226B6964223A2239396261336466613562303839326562222C22707572706F7365223A22706C616E222C227061796C6F6164223A2265794A7A6158526C496A6F696332396F595730694C434A6C5A47646C496A6F696332396F5957307463476B694C434A325A584A7A61573975496A6F784E7A6B314F546B794D4449774D5459324C434A6D623278736233647A496A70624D5463354E546B354D5467774F5467784F563073496E5A6862476C6B58325A79623230694F6949794D4449324C5445784C544935564441774F6A41774F6A417757694973496D6876636D6C36623234694F6949794D4449334C5441784C544130564441774F6A41774F6A417757694973496D3131633352666457356B5A584A7A644746755A43493657313073496E4268636E527A496A7037496D4E7362334E70626D63694F6E73695A476C6E5A584E30496A6F695A6A4D7A4F446B324E6A4979596D4D794E47566D4E3252684D3255785A5464694E546B324D574A694D54517A59324E6D4D7A4133593245304E54457A4F5445354D7A457A4F544D345A4451345A6A4D7A5A5467354D434973496E4E70656D55694F6A5933665377695A334A68626E527A4C5449774D6A59784D544D774C5441694F6E73695A476C6E5A584E30496A6F694E474934596A4A6B597A63334E3245344E57517A4D4442684E3245794D3245334E5449344E575A6C4E4467334D6A686A4F4451784D325A6A5932466C597A51334E6A646C4F4442684F5755355954466C4D6D526C4E694973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449774D533077496A7037496D52705A32567A64434936496A457A5A6D51784E44426B4E6D4D3259324D30595455324E546B345A6D55304E4449784D6A646D595751304D574E684E54526C4F54413459544E6A4D6A41795A6A6B344F5467344F4459345A5445324E4463344D5751694C434A7A6158706C496A6F304E6A68394C434A6E636D467564484D744D6A41794E6A45794D4449744D43493665794A6B6157646C633351694F6949304E6A646D4E54597A593255334F54646C4E324E6C4F446B784D6A4E694D7A5A6859575933596D45324F4459345A6A646B596A6C6A4E325A6B595463334D324D794F4449305A47466D596D566D4E7A5133596D5A6D4969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A417A4C5441694F6E73695A476C6E5A584E30496A6F694D574A6A4E7A4E6C4F5751334E4449354D44566A4F4445344D546B314E6A566B595445314D6A4A694D4749304D4751314E5751354E5463775A6A597A595467344E7A42695A574D784F444A6A5A5452695A57566C59534973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449774E433077496A7037496D52705A32567A64434936496D497A5A545A6A4D444A694D7A426D4D6A4A6A4D7A6B314F5455774F544D324D4451334D54526C5A6A4D33596A5578593255304D5463324F44526D4D7A5579596A45334E574E6A4D7A5178596D55335A6A526D596A4D694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D4455744D43493665794A6B6157646C633351694F694A694D54526A5A5755774E5749334D574D794F44553459324E6D4D6A566A596A6C6D4D4759785A6D5930596D557A5A6A5534596D526A4E6A49334F5749324D5746684D324D774E6D497A4F446B774F5755354E5455334969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A41344C5441694F6E73695A476C6E5A584E30496A6F694E5455335A4468694D6D4E6D4D32466A4F47466D596A59314E6A49305A5455774D54686A4D6A45304F4449354E474D354E7A41304F546B7A5A47493459545533596D51334F5467795A474D305A5756694F4451325A534973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449774F533077496A7037496D52705A32567A64434936496A5A6D596D55304D7A6C684F57517A4D47566A4F446C6A4E6A6C6A4F545A6B5A54526B4F44557A4D6A6C6C4E6D45794E7A67354D4749784E324D305A574A6B4F57526B596D4E684E6A41774F5756694D6D5A6A4E5445694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D5441744D43493665794A6B6157646C633351694F6949785A474D35596D4E6B595446684F54557A4D7A63774F57566D4E6A59304E6A59344F54646B4E7A646A4E324A6A5954493459544533595467774E7A63335932466C4D5745324D6D49794E5751794E444E6C5A6A6C6C4969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A45784C5441694F6E73695A476C6E5A584E30496A6F69597A41314E32466B596A56694D6A45344F546C6D5A445A6D4F5755774E474668597A67324D6A49304D546C6D4D6D4A6B593245324D6A526A4D32466A5A4749334D57566D4E7A677A4E6A4D7A597A5132596A4D344D694973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449784E533077496A7037496D52705A32567A64434936496D526C595746684E7A4E6D4E6D59774E6A4A694E6D45354D5752694F574D354E57497A5A5463775957597A4D5759774E6A55354E3251784E44466A596A5A6C4E44466C596D46694E5755775A6A51314E6A59355A4467694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D5459744D43493665794A6B6157646C633351694F6949794F574D794D7A45774E324D315A54426C4E546468597A63344D6A466959545A69596D45314E54466B4E32526A5A44566A596A5A6D4E7A64685A47517A597A4E6A5A54597A4D574A6A5A6D59344E474D7A5A4749784969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A45334C5441694F6E73695A476C6E5A584E30496A6F694E5463314E444D314F4463354E6A45305A4451344F57557759324E6B4E6A6C6C4D7A45324E474E6A4E6A49354F544E6A5954646C4D7A42695A444D31596A557A4E54526D59544D314E544E69596D51345A6A413559534973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449784F433077496A7037496D52705A32567A64434936496D49334F4749784D7A4A6A5A4751774D324E6D4F54646C4F57526C596A49344D3245774E544E6A4E4459334D544D304F544D33596D49334E6D526D4E444E695A544E695954686B4D54426D4E324D354D6D4E684D7A59694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D6A49744D43493665794A6B6157646C633351694F6949784D6A67794E44686C5A6D526C4D6A4E6D4F5455304D4756684E5745794F5449334F4451344E574D784E6D45774E546B794D3255784E474A6B5A6D45785A4455324D7A4A6D597A49325954566C4D6A63774F57597A4969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A497A4C5441694F6E73695A476C6E5A584E30496A6F69596D566C4D5455324D5463794D7A4A6C4D7A45314E3259314D6A51794D325A684E7A4A6C4D544577595445334D5463794F444A6B4D6A633259575A684E4759314E7A59344F5441315A6A59785A474E6D4E474D305A534973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449794F533077496A7037496D52705A32567A64434936496D59344E474E6D59544579596A68694F5442694F5745334D4441324D4459345A6D4D344E6D59325A6A41354E5459355A6D5A684F44566D4D544D324E4445344E6D4D355A6D5A684E445935597A49774F475268596A59694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D7A41744D43493665794A6B6157646C633351694F6949795A47526B596A55304E57593559546C685A4463345A6D4668596D56684D54466A4F444D335A54426D4E444E68596A68684F444E6C4F4441794F4441304D6D557A593255774E574A6C4D6D566B4D6A466A4E5456684969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A4D784C5441694F6E73695A476C6E5A584E30496A6F694E5751794E3249344D5441354E7A413159324A6C4E4467354E54457759325A6B4D7A67774E6A55344D3245314F54466B5957517A595755344D575931593245775A6A51324D574A6B593246685A444E694F444D784E694973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449334D4445774D533077496A7037496D52705A32567A64434936496A55775A6D49314E7A5A6D4F446C6D4D6D466C59324A6C5A5452694D44566A4E5459344E446C684D6D46694E3255334E544D354E44526A4E7A59784E6D5A6D4D474D345954526D593259354E7A45314E7A4269593255694C434A7A6158706C496A6F794E4468394C434A6F623356796379316D636D39756443316B62323979496A7037496D52705A32567A64434936496A4A6A5A5746694E44677A4E6D517A4D4467314D6A497A4F4755334F5449304E7A59774D32526B4D6A426A4F544D7A4D4445334E6D466D4F4455334D32566B4D7A6B784E54566B4D4749314E6A426D4E7A51774E7A49694C434A7A6158706C496A6F314E546335665377696257396B5A584D694F6E73695A476C6E5A584E30496A6F69593255314E5759324D6A526A596D49775A57526D4E545A69597A67354D444268597A63775A54597A597A49794D6D4A6B4F4449354D7A59304D6A63795A6D5A6B4E475533595755354E6A49324D44597A5A6A5A6B4D794973496E4E70656D55694F6A45314E545A394C434A76646D5679636D6C6B5A584D694F6E73695A476C6E5A584E30496A6F694F544935595755334F4445344E57517A593255334D6D566B4E6A466B595463345A6D51334E5449354D474D774D3259344F54457A5A6A686B4E5751354D475A6A4E6A6779596D59774D6A6778596D45774D324D325A534973496E4E70656D55694F6A4D31665377696332567A63326C76626E4D744D6A41794E6A45784D7A41744D43493665794A6B6157646C633351694F69493259325131597A526D4D544D79595451784E7A6C6D4E6D4A6C4E6D526D597A686B5A445A6B4E6A5A6C4D446B784E6A63785954526C596A41324E6A6C6A4E5749774E4459314E446B324D7A63344D546B7A4E7A45314969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D4445744D43493665794A6B6157646C633351694F694930596A5A684D6A41785A6D4E694F475534596A41304F5749355A5755784E7A566A4D7A45334F5755354F544A6B4F446B774E5449314E4749774F4456684D6A6B324D6A45794D4449324D575A694D574D315A5441784969776963326C365A5349364D7A6378665377696332567A63326C76626E4D744D6A41794E6A45794D4449744D43493665794A6B6157646C633351694F694A694E47457859545A6C4E6A67335A6D45774D6A6378596D49784E6A45324F5463775954566C4D6A59305A6D51305A446C695A6D51795A6A4E684D5751305A6D4D774D5451784D5755785A4452684D474D304F4755314969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D444D744D43493665794A6B6157646C633351694F694934597A4D774F5467344E57517859544A684D5749344E6A63774E545A6D4E475A6A4E54686C4E6A67334D574D31595463344E6D5669595755344E6A493059544E6D5A574E6D4E4464684D5749304E6D5668596D49794969776963326C365A5349364D6A4132665377696332567A63326C76626E4D744D6A41794E6A45794D4451744D43493665794A6B6157646C633351694F6949784E574D325A47566A596D5A6A4D3259334E7A4D344E6A526B4D3259325A6A686C4D7A6B304E5451315A57497959544D334D474A6C4E4463325A4751315932566A4E54417A4E324D304F445A6A5A57566D4E4451344969776963326C365A5349364D546B32665377696332567A63326C76626E4D744D6A41794E6A45794D4455744D43493665794A6B6157646C633351694F6949784E7A566A5A4459354D5752685A475A68595449324D446C6859544D314D6A49775A4441314E44526C4E54426D4E44646D4E545A6A4D3255344D4451784D546B304E6A6C684D7A59354E7A646B5A47597A4D44417A4969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D4467744D43493665794A6B6157646C633351694F6949354F5467784E6A51784E446334596A51344F4445794E7A51315A57526C596A4A6A4E44466D5A4745775A4745794D4451314E6A59795A57557A4F5451785A5451355A5445785954466B5A6A426B4F545A6D5A544D314969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D446B744D43493665794A6B6157646C633351694F6949794D7A6B34595464684D32566D593245775957466B4E474D794E7A4D31596A4E6B4F5751785A6D4E6A4E7A4D7A597A4A6B59324579597A6334597A497A596A45324D7A4D774D47517A597A5131596A63355A5451354969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D5441744D43493665794A6B6157646C633351694F69493159574934593255784E7A6B304F4749794D3249334D5449794E7A51774D6D4A6C4E54526D597A6B35595446685A4445355A6D51784F44457A596A4578597A646C5A6D466B5A6D55324D4463324E7A6B344D54466D4969776963326C365A5349364D6A4132665377696332567A63326C76626E4D744D6A41794E6A45794D5445744D43493665794A6B6157646C633351694F694A6B4F47566B597A63795A6A413559575A6C59546C6B4D544D304E5451334E575A6B4E5455324D474D784D6D4E6B4E7A5A6C4D324E684E7A466A4D4449354E47517A4D6A686C5A47566D596D49334E324A6C4D4467354969776963326C365A5349364D546B32665377696332567A63326C76626E4D744D6A41794E6A45794D5455744D43493665794A6B6157646C633351694F69497959546B775A6D4D77596A677A5A4441304F574D345A57566A5A546B7A4D446731596A63325A574D794E54686B4E324A6C4E6D5578596A67774D475A6B4D4752694E6A4E6B4F574A6B4F5451324D5755785A546B794969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D5459744D43493665794A6B6157646C633351694F6949354F574D334F444D794D7A42694E5455344E6D49314D6D5A6A4E474D784E6A5A6D596A4A684D4464695A5749794D444A694E7A686D4D6D4E68596D59304F545A6A4F475A6A4F57566C595455355A6A45355A6A46684969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D5463744D43493665794A6B6157646C633351694F694A695A546377596A5A6C4E7A686C4D54686B5A54686C5A446B7A4E5455354D7A6B3259544A694F474D344F4451344E544A684D446C6A596D5931597A6B344D446C6D5A6A677A4F4755355A44426A596D557A5A446B344969776963326C365A5349364D6A4132665377696332567A63326C76626E4D744D6A41794E6A45794D5467744D43493665794A6B6157646C633351694F694931595745334D5441354E474D334E446C684F444D784E4459344D6A426959574E6A4F544A6B4D6D4D32597A6330593259794F474A6C4E445669597A566C5A4459774E474A68596A51794E5751334D324D325A474E694969776963326C365A5349364D546B32665377696332567A63326C76626E4D744D6A41794E6A45794D6A49744D43493665794A6B6157646C633351694F6949304D6A55774D6A67784F574D31596D4A684E546730596D45334D7A526C59575A6C596A5A694D4451304E6A426C4D6A5A694D7A4268596D51324D3245335A4455334D32526D4F5449304F4449774E6A5534596A41344969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D6A4D744D43493665794A6B6157646C633351694F694A6C4E574D344D4455774E4755345A5463304E4467314E54646B4E574A685A474A694F544D354E6A51775A47493059544E6C5A6A4D334D4468685A6A526A4D32526B4E4441774E54686A5A5449304F575177596D4E6C4969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D6A6B744D43493665794A6B6157646C633351694F6949304E5449794E6D5268597A426A5A574D7A4E54466859546C694D4445785A5467785A5455334E324E694D6D59784E6D45354D5441304D54457A4D4441354E324D7A4E6D59784E4449354E7A426B4E544E6C5A4455784969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D7A41744D43493665794A6B6157646C633351694F694A694D3252694D5445305A546B324F574933596A597A4D47466B596A566C597A55334E3245345A44526A4E6A45354D47526C4E6A68684D4467315A4745324E574668593246695A446779596D4D305A474668596D59344969776963326C365A5349364D546B33665377696332567A63326C76626E4D744D6A41794E6A45794D7A45744D43493665794A6B6157646C633351694F6949784D446B774D7A67794E4446694D6A6B785A6A6B304E5463305A474935596D55355A6A457A4D3246695A4745354D7A59794E4745334D6A526D4D5463324D6A6C6B5A44637A5A6A4E684F4759315A6D517A596A67354969776963326C365A5349364D6A4132665377696332567A63326C76626E4D744D6A41794E7A41784D4445744D43493665794A6B6157646C633351694F6949334E44646D5A4455304E7A426A59325532596A466959545A6C596A6868597A55344E54526C59546B33595459324E5451775A6A49344F4759784D4459354D6D4E684D474D314D7A55324D575A6C4D474D784D6D45794969776963326C365A5349364D546B3266583139222C227369676E6174757265223A2272457935624B554130736A64636664766E2B516C61756756583039393750556966324D3843396E6D3350625442613247527148552F584E6D727679512F367A755A4B4F2F6833786D51734E6F6163377359324F3443513D3D227D',1795992020166370,1799020800000000,21,1795992021069831,NULL,NULL);
INSERT INTO "plans" VALUES('ramsey','ramsey-pi',1795992025020,'0dddc5fbbb8b44e0b0e0ceb3db28561b0a8885d505698a9ac08764882afc504a',X'7B2276223A322C226B6964223A2239396261336466613562303839326562222C22707572706F7365223A22706C616E222C227061796C6F6164223A2265794A7A6158526C496A6F69636D467463325635496977695A57526E5A534936496E4A6862584E6C6553317761534973496E5A6C636E4E70623234694F6A45334F5455354F5449774D6A55774D6A4173496D5A766247787664334D694F6C73784E7A6B314F546B794D4445794F44497A58537769646D4673615752665A6E4A7662534936496A49774D6A59744D5445744D6A6C554D4441364D4441364D44426149697769614739796158707662694936496A49774D6A63744D4445744D4452554D4441364D4441364D444261496977696258567A64463931626D526C636E4E305957356B496A7062585377696347467964484D694F6E73695932787663326C755A79493665794A6B6157646C633351694F694A6D4D7A4D344F5459324D6A4A69597A49305A5759335A47457A5A54466C4E3249314F545978596D49784E444E6A5932597A4D44646A595451314D544D354D546B7A4D544D354D7A686B4E44686D4D7A4E6C4F446B774969776963326C365A5349364E6A64394C434A6E636D467564484D744D6A41794E6A45784D6A6B744D43493665794A6B6157646C633351694F694A6B597A45795A57566C5A6A45324E7A6C694E446732596D46684F5459334E5441314D7A59794F5442694E32566A4E32526B5A44566B593251324F445A6A5A44646A596A63795A54637A5A57526D5A474669597A566C4969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D544D774C5441694F6E73695A476C6E5A584E30496A6F694F54553559324A694E5441354D4756694E475A695A5441324E574A694E5745325A4759795A5751345A574D7A4D546C6A4F546B334D5467785A6A45324D6A41784E544D7A4F4467324D44426C4D5759344F4449334E794973496E4E70656D55694F6A51324F483073496D647959573530637930794D4449324D5449774D533077496A7037496D52705A32567A64434936496D5135596A5A694E7A64694D7A56684E444D784E7A46695A6D55355A54526A596D51314D545A685A6D49774D7A49314D6D566B4D6A4E6A4F546C6A5A6A466B5A5749774F544E6C596D49794F546C6B4D6D45334E7A45694C434A7A6158706C496A6F354D544A394C434A6E636D467564484D744D6A41794E6A45794D4449744D43493665794A6B6157646C633351694F6949344D7A55334F5759314E7A63774D325A6B597A6B315A444A69596A45335A4756685A5467794E5463795A5467344E7A41314D6D597A595451794E4749354F54526C4E5459334E474E6D4D4451774D5441344D7A63304969776963326C365A5349364E6A6B77665377695A334A68626E527A4C5449774D6A59784D6A417A4C5441694F6E73695A476C6E5A584E30496A6F694D5751354D444978596D56684F4441314E3249344D4449774F474E684D57526A5A6D4E6A5A6A67774D3249314E4759344F5451344E5759334E445A6D596D4D774E5459334F474D35597A497759325133596A686D4D694973496E4E70656D55694F6A6B784D483073496D647959573530637930794D4449324D5449774E433077496A7037496D52705A32567A64434936496A63354F5451794F4445304D5449334F544932595751324F57566D5957597959324E6B597A6B3559574530597A52684D44686B4D6A49784D544D794D446C684E7A45304D54526B4F5445324D54466A4E544E695A544D694C434A7A6158706C496A6F324F5442394C434A6E636D467564484D744D6A41794E6A45794D4455744D43493665794A6B6157646C633351694F6949345A47526C4E575A684E6D597A595446694D574E6A4E5464685A5459304D4455354D47526D4D6A68685A544D354D7A6C6D5A474D774D6D55314F5455774E6A55324D7A5A6D4D6A417A59544131596D45774D4459314969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A41324C5441694F6E73695A476C6E5A584E30496A6F694E5449355A6D526A4E6A6868596A6B354E5441315A4451325954566C596A5532596A4E6D4D4459344D6A46685A6D466A4D574D315932566C596D45354D445532593246684E3245324E446B324E6A686959546B7A5A534973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449774E793077496A7037496D52705A32567A64434936496A59774D6D56685932526A596D59324D6A45775A6A5A6B5954426D4F54686C5A6D4D314E4459784D44677A597A566D5A5751334F57457A4E575531593251355A4451355A5445335A54426D4F574D774E4745314F5445694C434A7A6158706C496A6F304E6A68394C434A6E636D467564484D744D6A41794E6A45794D4467744D43493665794A6B6157646C633351694F6949794D3255774E7A51774E7A41315A4463784E6A566A595459775A4759345A6A45314E6A6C6C4E6A5669597A5179593251304D6D51304E3256694E5463335A6D4934596D466B4E5455334F54637A4E544E6A4E4463324969776963326C365A5349364F544579665377695A334A68626E527A4C5449774D6A59784D6A41354C5441694F6E73695A476C6E5A584E30496A6F694E6D4D354D6A67325A4455794D546C69596D51795A5745324D5759774E7A67304D6A4178596A646C4D47526C4D4441355A575A6C597A4D77596D4669595452684F5455344F4751794E5751314D6D59334F4451315A694973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449784D433077496A7037496D52705A32567A64434936496D56685A54686A4D6A4D7A4E5463774D4451784F544D304E545A6D596A457A4F4752694E544A6C5A444D794D325A6C5A6D5A694D544E694E7A68684F44646A596A55314E54566A4E546B334D5451774E446C6B4F4467694C434A7A6158706C496A6F354D5442394C434A6E636D467564484D744D6A41794E6A45794D5445744D43493665794A6B6157646C633351694F6949304E575930597A49334F575668596D59354D7A68694D47566A59324A6B4E44566B5A4745774D6D59344E544577595456685A4745344E6A526D597A4532596D466A5A6A59344F475933596A6779595459784D574A6B4969776963326C365A5349364D6A5134665377695A334A68626E527A4C5449774D6A59784D6A457A4C5441694F6E73695A476C6E5A584E30496A6F69595451794D574668596D4A6A596A466A4E6A67774E324A6A4D574E685A6D45774D325579596D566C59544579596D59324E475A685A6A49354E475A6C4D474D784E6A59314E3259774F574D794D6A4D775A54493459794973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449784E433077496A7037496D52705A32567A64434936496D59315A545A684D7A42694E3255794D5755795A475A6C4D6A64694D5749774F44686C4F546C695A5463354D5463324E44566C4D7A63774D3251794F444A694D54553059546735596A45775A6D45345A574D794D6A51694C434A7A6158706C496A6F304E6A68394C434A6E636D467564484D744D6A41794E6A45794D5455744D43493665794A6B6157646C633351694F6949795A6D5935596A55794E6D45334E4755305A6A6C684E7A51325A54646D4D4749304D6D59784E5441794D5464694D6A45314D7A51774E32557A5A5759324E5445324D4455355A5449304D6D4A684F574A684E7A6C6C4969776963326C365A5349364F544579665377695A334A68626E527A4C5449774D6A59784D6A45324C5441694F6E73695A476C6E5A584E30496A6F695A474D785A5464684E7A45344D4446684F4759345A6A6C6C4D324D304D546C6D4F4455314F4467784D54526A4E544E6D4E7A67354E7A4530596A466B4D7A5578596A55314D7A49784D54526C4D5445775A6D59784E434973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449784E793077496A7037496D52705A32567A64434936496A497859546C6D4F44557759544D335954677859546B344D4745794D6A6C6D5A4463334D7A46684D575A6D5A6A6B354E6A4E6C4E6D51785954497759574A6D4F4449314E544D7A5A574D354D4449344F474D324D6A51694C434A7A6158706C496A6F354D5442394C434A6E636D467564484D744D6A41794E6A45794D5467744D43493665794A6B6157646C633351694F694A6A4D4751304E44426D4E54686D5A4455774D6D466C4D6D49344E6D49325A575130596A426B4E3251335A6D5535596A6B34596A566C4D3249315957566C4D6A466C4E445132595759794E5455774D3245794F47526B4969776963326C365A5349364E6A6B77665377695A334A68626E527A4C5449774D6A59784D6A45354C5441694F6E73695A476C6E5A584E30496A6F694E3259344E57457A4D546C6959545A6C4E6A4A6D4D6A4A684D7A63354D6A4D354E6A5930597A63784E6A45334F545A684D575931596A42684D54566A593259304D6D51334D7A5A68597A4D3559324A6C4D5749304F434973496E4E70656D55694F6A49304F483073496D647959573530637930794D4449324D5449794D433077496A7037496D52705A32567A64434936496A59335A57457A4D7A63304D7A6B324D474E684D7A64694D54637A4D324D315A446468597A67794D6A413059325A684E5441354E7A45354D6A56684D6A63344D4449354F5441335A6D566B4E444D794E7A466B4E446B694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D6A45744D43493665794A6B6157646C633351694F6949314E6D526D5A5445315A6A49325A5463314E44686A595463314F546B304E4464695A54426A596D49334E7A4530597A4E6959574E6C4E5463344E6D526D5A6A52684D5751774E7A41304D7A5268597A63785A6A597A4969776963326C365A5349364E445934665377695A334A68626E527A4C5449774D6A59784D6A49794C5441694F6E73695A476C6E5A584E30496A6F694D3251334E324E6B59546B774F445533596D4A6C596A637A4D325135595445354E57557A5A444A6C4E54497A4D7A4D774E6D59795A6A526A4E54497A5A5749774F444A6D596A513559546332596A457A5A54633059534973496E4E70656D55694F6A59354D6E3073496D647959573530637930794D4449324D5449794D793077496A7037496D52705A32567A64434936496D59774E544D314E6A49785A6A4669595468694F4459334D6A49354E475A69596D4D314D32497A4F5455315A57457A4F5467304E444979597A63784E444978595445344D4751354D446B304E6A51334E6A59785A444D694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D6A51744D43493665794A6B6157646C633351694F6949784E475A6C5A5759304E6A45304E54426B5A44466A5A6A55785A545A6D597A49304D444E685A4449314D6A4A684F4759794D57466A5A6A67785A4751794E6A5A684E446C6C4E4449304E7A677A4E5452685A57526B4969776963326C365A5349364F544577665377695A334A68626E527A4C5449774D6A59784D6A49314C5441694F6E73695A476C6E5A584E30496A6F69596D49305A575134597A6B795932517A4E4755324E474D785A475A6C4F5463794F54686C4E3251354E325532596A67315A6D49785A4449794F54646C4F4441324D5745314D6A6777597A51304E5449784D3245305A534973496E4E70656D55694F6A59354D483073496D647959573530637930794D4449324D5449794E793077496A7037496D52705A32567A64434936496D4D354E4751324E5746695A546C6C4D44526B4E545A6D5A54466B597A4A6C4F575578596A526C5A47497A59324D304D474E6D4F54417A4F574D354D325A6B59575A6A4E544E6A4D6A5979597A41775A474E6D4D446B694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D6A67744D43493665794A6B6157646C633351694F694930597A45334D6D49334D4463304D324D34595752685A5745354D3245334F4759335A6D5A6A4D4451344E6A646B597A41315A44646C596D5A6D4D7A4A6C5A6A6C695A6D5930596A4A6C595459324E6A4A69597A63304969776963326C365A5349364E445934665377695A334A68626E527A4C5449774D6A59784D6A49354C5441694F6E73695A476C6E5A584E30496A6F694D6A49305A546C6D4E3249304F545A6C4F475930597A59324E4755345A4463784E474E6A595455324E5459314E5451335957566D4E7A686C5A57526C4F54686C597A686D4D57517A596A4D304D574D304E546C6B4F434973496E4E70656D55694F6A59354D6E3073496D647959573530637930794D4449324D54497A4D433077496A7037496D52705A32567A64434936496D45344E6A4D354F546B334D54457A4E6D59304E44566C4D7A63774D3246684E325977595751325A4467315A446C68596D49795A544D354D545A6B5A57526D4E44646B4E5445314D7A6C6C4E7A526A4D7A5532597A41694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E6A45794D7A45744D43493665794A6B6157646C633351694F6949334E7A426D4F44426B4E6A686A4E6A56694F4745345A6D5532596D51345A4441305A546B324D6D59785A54426D4E6A646C4D6A63354E6D59325A6D4A6B4E7A52694E4749334F44677A5A4759794D4452694E57466D4969776963326C365A5349364F544577665377695A334A68626E527A4C5449774D6A63774D5441784C5441694F6E73695A476C6E5A584E30496A6F694F5441354D4451314D7A4932595445784E5459314D474A6A596A4E6A5A574D774F4467314E446C694D4455355A575A684D7A5269596D4D324D7A597A4E7A4A684D5451335954566C596A6B32593252694F4467795A694973496E4E70656D55694F6A59354D483073496D647959573530637930794D4449334D4445774D693077496A7037496D52705A32567A64434936496D4D79593249784F444E695A44426859546C6B4E4467784D6D51784F4463325A545A694E7A46694D324D7A4E4467334D574E6A4D6A4D344D5749335A4449314F44426C593255354D446B794F574E6C4D5467344F4751694C434A7A6158706C496A6F794E4468394C434A6E636D467564484D744D6A41794E7A41784D444D744D43493665794A6B6157646C633351694F6949314F5759784F445979596A64684E475A6B4E324E6D4E44686A596D49314D6D55344F444E6D5A54426C4D7A52695A4456694E5452694E7A5179595456694D4441314E7A4D334E5464684D574A6B5954686C4D7A51304969776963326C365A5349364D6A51346653776961473931636E4D745A6E4A76626E51745A4739766369493665794A6B6157646C633351694F6949784D5467334F574D79597A5977596A4D344D44526B4E546335596A6B335A6A59304F544268597A67304E475A6A4E6D4979597A63324D5755354D54466D596D4935596A41334D575A684D7A526D4D7A49774E7A63304969776963326C365A5349364F4463784D6E3073496D687664584A7A4C577870596E4A68636E6B745A4739766369493665794A6B6157646C633351694F694A684D7A4E6C5A6A59325A57466D4D6A51344D54686C4E5749344E4463334D324D304E544977596A526A4E446B304E6A6C6B4E4459774E444D34595755774E324A6D4E6A4D354F5449324F5759304E445133595752694969776963326C365A5349364F4459354F583073496D31765A47567A496A7037496D52705A32567A64434936496A686A4D5745784D324D784D6D466C4D5445774E3245794D54466B4F4749774D4455354F544E6A4F474D784E7A63774F475A684F5451355A6D466D4E6D51304E6A493059544D7A597A5A6C4D3256694E5468694D4463694C434A7A6158706C496A6F794F444D776653776962335A6C636E4A705A47567A496A7037496D52705A32567A64434936496D526C4D44646D597A4D7A4D7A67785A47553259574D315A6D466B4F4455785A545A694D32526D4E6A67335A6A417A4F4755335A5451344D575A6B5A5751784D6D59305A546C695954686A4D47597A5A475135593255694C434A7A6158706C496A6F784E6A42394C434A7A5A584E7A61573975637930794D4449324D5445794F533077496A7037496D52705A32567A64434936496A41774D475A6C4D6A51345A6D5535595759304D6D49785A6A4D784E44526B4D445669593255774D7A59334E445A6B5A545668597A4D325A5745785A6A646A4D5749354E324E684E32466A4F545933597A566D4F4441694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D54457A4D433077496A7037496D52705A32567A64434936496D4E685A44466B5A47526B5A57566D4F54677A4F47497A5A6A426C4F475A6B4E4759304E6A68684F44526A4D445132595449334D324A684E544D79596A55304E7A6778597A4A6A4E5452694E3255335A5441775A474D694C434A7A6158706C496A6F7A4E6A52394C434A7A5A584E7A61573975637930794D4449324D5449774D533077496A7037496D52705A32567A64434936496A6C6B4E6A45795A6D4A6A4F57566D4F5445794E7A686D4F546C6B4F5449355A474D33595751794E6A6B774E4451355A6A646C4D4749774E7A646A4D4759314D445134596D566C59574A6C4D6A63354E545A6D4D4467694C434A7A6158706C496A6F314D7A64394C434A7A5A584E7A61573975637930794D4449324D5449774D693077496A7037496D52705A32567A64434936496A6331593255355A57526C4D5456684D546C6A595751315A4745334F47566D4D544D335A6A59324E3259344E6A497A4F445A6D5A4459314E6A686D4F4752694F544D354D545A6B5A4751304E6A4D325A5441315A5445694C434A7A6158706C496A6F7A4E7A42394C434A7A5A584E7A61573975637930794D4449324D5449774D793077496A7037496D52705A32567A64434936496D4D344F5446684D3259784D4449344E4759304E7A4D31593255354E6A597A4E5449314E325579595745345A5467354F545A6B4E6D526C4D6A51354D445177596A6B344E3256694F575A6C595445354E7A646C5A6D51694C434A7A6158706C496A6F314D7A64394C434A7A5A584E7A61573975637930794D4449324D5449774E433077496A7037496D52705A32567A64434936496A49784E544E684F57566B4D7A686B4D6A4A6A59574D79597A67774E5459774D6A59304F54517A4E5441314E4442684E54597959575931596D45774E324E685A54466C4E5752684D6A55304D6D51774E474577596D59694C434A7A6158706C496A6F7A4E7A42394C434A7A5A584E7A61573975637930794D4449324D5449774E533077496A7037496D52705A32567A64434936496A6C69596A4E6D4D6A67304D575A694E5459774D325532596A51314E446332596A5578593255774D7A457A4D475A695A6D4E6A4E44526B4F5442684E475668595751794D4467354E4745344E444A6A4E545A6A5A6A63694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449774E693077496A7037496D52705A32567A64434936496D51355A4467324D6A49304F446B314D32597A596A63314E5441785A57526A5A545A684D4749785A546C6D4D446B794F445A6C4E7A45345A444E6B59324D3259575A6C4E7A4A685A57513059574A684E5745355A5459694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449774E793077496A7037496D52705A32567A64434936496D457A4E544A6C5A6D526C597A566A4E57566B4D7A4979596D49344D6A6B324D44466D4D5459344D6A4D304D5446694D7A566D4D7A42694F445979596A646D4D546B35596A5A6A5A6A6731596A64694E6A466B4E474D694C434A7A6158706C496A6F7A4E6A52394C434A7A5A584E7A61573975637930794D4449324D5449774F433077496A7037496D52705A32567A64434936496D4E6A4D57553259546C6A4E5455334E4445334F544132596D5A6D4E6A55784E6A59305A6A5A69597A5A6D596A67354F44677759324D304D7A63794E6A526B4E474E6A59324E6D4E6D5668596A686A4D6A4A6A595751694C434A7A6158706C496A6F314D7A64394C434A7A5A584E7A61573975637930794D4449324D5449774F533077496A7037496D52705A32567A64434936496D59774E444D794E6A55324F57566D5A6D4D32593251784D47566A4D324A6D5A44426A5A6A566B59574934597A526C5A4759785A5751315957457A5A6A4A6C4E325A68596A4D334D6A4D344E6D49335A54426A59324D694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449784D433077496A7037496D52705A32567A64434936496D513259545A6D5A6A6C695954526A5A5759334D7A566D5A5751324E7A45355A6A51314E6D5135595749344E324A6959324A6C5954686C5A474E6C4D6A6C6A4F44566C4E5756695A5455354F5746694F54517A4F5749694C434A7A6158706C496A6F314E4446394C434A7A5A584E7A61573975637930794D4449324D5449784D533077496A7037496D52705A32567A64434936496D5A684F44426A596A55324D54686D4E7A4D794E7A4932596A51314E4468694E7A646B4E6D51334D7A41354E6A51304D6A59335A44597A596A6B794D5459335A4751334D3249305A57526C5A54637A5A47466B4D6A4D694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449784D793077496A7037496D52705A32567A64434936496D566C596A633459544E6C4F5449794D324A6C5A6A466C4D6A566C4E4467354F5467334F574E685A6A6C6D4E54526D4E545A6B4D324977596D4D7A5A5449334E544A6C5A54517A5A5455344E5449304F54686C4E6A55694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449784E433077496A7037496D52705A32567A64434936496A4178593259324E7A45344E7A466D5A6A51355A446378593255314D6A553459324A6A4F5749304D47497A4E446730597A6B774E44646D4E3249304E6A4D30597A49784E6A45315A57593459545931596D59345A446B694C434A7A6158706C496A6F7A4E6A52394C434A7A5A584E7A61573975637930794D4449324D5449784E533077496A7037496D52705A32567A64434936496A646B597A4D314F5759774D7A4A6A5A54417A595468694E444D354E5464684F4749774D575A6A4E6A67345932513359544D78597A49304F4749344E6A67315A6D566B4F4745784E7A4E6C4D4441795957566D596A51694C434A7A6158706C496A6F314D7A64394C434A7A5A584E7A61573975637930794D4449324D5449784E693077496A7037496D52705A32567A64434936496A4D7A4D574E6A4E6A46694D47526C5954526A4D6A45315A4452684E7A6C694D6D59784F5463344D6D49354E7A686C5A5445354D474577596A6B784F4445304E5467314E6D4E6B4D7A41304E474D794E6D4A6A4F5755694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449784E793077496A7037496D52705A32567A64434936496A46694E6A49785A6A4D315A6D4A6C4E6D4D304D6A637A4F544D7A5A544A684E5756695A474E6B5A44526B4E57453059545A6B4F575A6C5A4759795A44686C4D6A6C694E54426B4E7A4E6D4D445A68595441305A6A55694C434A7A6158706C496A6F314E4446394C434A7A5A584E7A61573975637930794D4449324D5449784F433077496A7037496D52705A32567A64434936496A55324D4467344E5463304D5455774D4749355A6D49785954646C4E54686A59325A694D6A566D4D7A41334D5442685A6D466D4D3255344F545A6D4D6A4D3559575A6C4E47466B597A46684E4759335A6D45354E5749694C434A7A6158706C496A6F7A4E7A42394C434A7A5A584E7A61573975637930794D4449324D5449784F533077496A7037496D52705A32567A64434936496A68684D546C6A4D47566B4E7A67324E47566B4E54517A4D7A63774E7A6333596A566D596A55355A6D5A6B59574977593251784D6A45344E6D5A6C4E6A45344D7A6C6D4D5755774F574933597A42684E444E6A596A41694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449794D433077496A7037496D52705A32567A64434936496D49795932526D4D7A67795A544E6D5A444D774D546C6B4D446C69596D4D774E6A45785A546B314D545A6B4E32517A4D6A6B344E6D55344E6A5A684E3245325A6A4D784F5751774E545A694D7A5531595445354E6A55694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449794D533077496A7037496D52705A32567A64434936496A566D4F54686C5A6A646A4F44426D5A5745345A5749355A446330597A517859546B305A545A694D5441784D7A646D4D6D55334E54686D4D446C6C4D6A6B334E6D5668597A4D344F54637859546C6D4D44637A4F4759694C434A7A6158706C496A6F7A4E6A52394C434A7A5A584E7A61573975637930794D4449324D5449794D693077496A7037496D52705A32567A64434936496A6B784D6A6B7A4E474D304F546B335A575A6C4D574D794D7A41344E6D4D77596A67794E6A41305A4456694E5459774E5749334F546B334D4468695A5455355A5756685A6A6C6D596A4D334E4745325A4468694D3259694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449324D5449794D793077496A7037496D52705A32567A64434936496A63324D6D45334D6D55344F4751315A4755315A5755775A546B794D475668596A46694D5751305A6A5135597A67344E7A4E684E54513359544577596A51334D5745355A546B335A6A67305A445A6A4F44566A4E5745694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449794E433077496A7037496D52705A32567A64434936496A4D334D575A6D5A5464694F57566C4F544E694D57526C4E7A426A4D444D324E7A63315A5759345A6D4E6A4D474E6B4E6D4D7A4D57466D596A51794D44566C4D5445314E7A646A4D5463774F5449314E6D4D345A4751694C434A7A6158706C496A6F314E4446394C434A7A5A584E7A61573975637930794D4449324D5449794E533077496A7037496D52705A32567A64434936496A457A5A544A6C4F474E694D57566A596A4E68595755345A5755344D57466B4D3246695A4468684E5467354F546C6C4D7A55314E47526A4D7A6C6A4D445A684E325269596A63314E6D4D7A4E44637A5A545977596A6B694C434A7A6158706C496A6F7A4E7A42394C434A7A5A584E7A61573975637930794D4449324D5449794E793077496A7037496D52705A32567A64434936496D466B5A475A6B4F544178595749354D57557A596A46694D44426D4D575669595755354D5751794F4455304F54646C5A47526A4E32597A4D44686B4D54426B4D545130596D55354E324D334E575579596A4977596A51694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D5449794F433077496A7037496D52705A32567A64434936496A6C6B4F5745354E6D566D4D7A51334D6A6B785A474A694E6A67794E546C6C4E6A56694D6A646D4E475A694D32566D4E6D497A4F5745355A6A59774D6A646A5A6A42694F5745324E32466C5A445A6C4E4749785A6A41694C434A7A6158706C496A6F7A4E6A52394C434A7A5A584E7A61573975637930794D4449324D5449794F533077496A7037496D52705A32567A64434936496D49784D5441774D5449314D6D45774F4751774E5445784E6A45785A4463344F5463314D445177596A6C694E6A67784F4449314F5755344D444135596D59345A5759795A5749304F4759774D6A67354F445A6C597A59694C434A7A6158706C496A6F7A4E7A46394C434A7A5A584E7A61573975637930794D4449324D54497A4D433077496A7037496D52705A32567A64434936496A4A695957566D5A5445324E5451795A5464685A474E684E3255354E6A6B794D7A64694D7A4D7A4E3255784F5467794E3255354F4445344E32457759544A684D54526A4D4455774D5745354D7A45324E545A695A4463694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449324D54497A4D533077496A7037496D52705A32567A64434936496A6C694D446B354D7A6B314E444D305A6A526B4F544E6A4D32557A5A4463344E6A56684E444D774F446B7A4E6D49334D5455304E4749354E54526A59575A694D47566A5A6A646D4E6A46694F444A695A5441334E5451694C434A7A6158706C496A6F314E4446394C434A7A5A584E7A61573975637930794D4449334D4445774D533077496A7037496D52705A32567A64434936496D59354D546C6D4E5455304F544D314F4467304E4459794E6A51304D6A67334E6A41784D6A686C4F5752694E324D3159575A6A596A55355A6A6B314F574E685A6A4D344F544D324E4755335A6A45315A574530596A51694C434A7A6158706C496A6F7A4E7A42394C434A7A5A584E7A61573975637930794D4449334D4445774D693077496A7037496D52705A32567A64434936496A4A6C597A67784D6A6C6C5A574D775A4449774E4751354D47466B4F475A6A4D44426C4D6A5A6B597A4D304D574A694E7A686B4D6D46684E44646B4F474D315A546B355A6A513259544131597A63314E6A566A4D6D59694C434A7A6158706C496A6F784F5468394C434A7A5A584E7A61573975637930794D4449334D4445774D793077496A7037496D52705A32567A64434936496A59305A44526D4D545A695A6A59325A4445344D4441785A6D59774F5467774F5459784D44637A5A6A4A6D4F575A6A59546B324E4755354D47466C4E4441344F544D784F545A6B5A5467325A4441784E6D5A6B4F546B694C434A7A6158706C496A6F784F5468396658303D222C227369676E6174757265223A224857762F4A4756584341546C3441473758445A39426B776369674C68435365446870594A394E5765596E76454A5452505242546D465169504163633472746A68596E4A39722F726570397566434B6C395859634344513D3D227D',1795992025020819,1799020800000000,77,1795992025849197,NULL,NULL);
CREATE TABLE policies (
	site VARCHAR(40) NOT NULL, 
	document TEXT NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_policies PRIMARY KEY (site), 
	CONSTRAINT fk_policies_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "policies" VALUES('ramsey','{"rules":[{"name":"Council and partners","tiers":["council","partner"],"most_days_ahead":365},{"name":"Community evenings","tiers":["community"],"most_minutes":180,"most_people":40,"most_a_week":2,"no_under_16s":true}],"windows":[{"tier":"community","days":180},{"tier":"commercial","days":60}],"quotas":[{"name":"Fair use","per":"month","tiers":["community"],"most_bookings":12}],"release":[{"after_min":30,"warn_min":15,"spaces":["hall","hall-east","hall-west","meeting-room"]}],"hold_hours":null,"offer_hours":12,"document_reminder_days":[60,30,7],"quiet_hours":"21:30-07:30"}',1795991691113767,'warden');
INSERT INTO "policies" VALUES('march','{"rules":[{"name":"Council and partners","tiers":["council","partner"]}],"release":[{"after_min":30,"warn_min":15,"spaces":["meeting-room"]}],"document_reminder_days":[60,30,7],"quiet_hours":"21:30-07:30"}',1795991694403964,'warden');
INSERT INTO "policies" VALUES('soham','{"rules":[{"name":"Everybody but firms","tiers":["council","partner","community"]}],"document_reminder_days":[60,30,7],"hire":{"terms":"Leave the room as you found it, and take your rubbish home. No candles.\nYou answer for everybody who comes with you. Children are never there without an adult.\nCancelled up to 14 days before, nothing is charged.","most_days_ahead":365},"quiet_hours":"21:30-07:30"}',1795991698392665,'warden');
CREATE TABLE pool_claims (
	booking_id VARCHAR(36) NOT NULL, 
	pool VARCHAR(81) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	seats INTEGER NOT NULL, 
	CONSTRAINT pk_pool_claims PRIMARY KEY (booking_id, pool), 
	CONSTRAINT fk_pool_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "pool_claims" VALUES('01a22974-677a-75f7-b4dd-fdb6e62143e1','ramsey/desks',1796115600000000,1796137200000000,3);
INSERT INTO "pool_claims" VALUES('01a22974-677a-77c9-a13e-ff00f68da3d7','ramsey/desks',1796720400000000,1796742000000000,3);
INSERT INTO "pool_claims" VALUES('01a22974-677a-737a-b41e-228592a25644','ramsey/desks',1797325200000000,1797346800000000,3);
CREATE TABLE pool_quarters (
	pool VARCHAR(81) NOT NULL, 
	quarter INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	taken INTEGER NOT NULL, 
	CONSTRAINT pk_pool_quarters PRIMARY KEY (pool, quarter), 
	CONSTRAINT ck_pool_quarters_taken CHECK (taken BETWEEN 0 AND size)
);
INSERT INTO "pool_quarters" VALUES('ramsey/desks',1796115600000000,6,3);
INSERT INTO "pool_quarters" VALUES('ramsey/desks',1796116500000000,6,3);
INSERT INTO "pool_quarters" VALUES('ramsey/desks',1796117400000000,6,3);
INSERT INTO "pool_quarters" VALUES('ramsey/desks',1796118300000000,6,3);
INSERT INTO "pool_quarters" VALUES('ramsey/desks',1796119200000000,6,3);
CREATE TABLE quarantine (
	id INTEGER NOT NULL, 
	log_id INTEGER NOT NULL, 
	seq INTEGER, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	reason VARCHAR(40) NOT NULL, 
	why TEXT NOT NULL, 
	raw BLOB NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	received_at INTEGER NOT NULL, 
	CONSTRAINT pk_quarantine PRIMARY KEY (id), 
	CONSTRAINT uq_quarantine_log_id_seq UNIQUE (log_id, seq), 
	CONSTRAINT fk_quarantine_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "quarantine" VALUES(1,1,NULL,'ramsey','x','x','x',X'0101010101010101010101010101010101010101010101010101010101010101','x',1795992375279041);
CREATE TABLE quotes (
	id VARCHAR(36) NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	number INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	party VARCHAR(40), 
	tariff_version INTEGER NOT NULL, 
	why VARCHAR(12) NOT NULL, 
	total_pence BIGINT, 
	vat_pence BIGINT NOT NULL, 
	document TEXT NOT NULL, 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	superseded_at INTEGER, 
	CONSTRAINT pk_quotes PRIMARY KEY (id), 
	CONSTRAINT uq_quotes_booking_id_number UNIQUE (booking_id, number), 
	CONSTRAINT fk_quotes_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "quotes" VALUES('01a22972-db56-71d0-bdb6-c437acc5c0e0','01a22972-db56-743f-83a4-dbad55232980',1,'ramsey',NULL,1,'confirmed',6000,0,'{"price":{"lines":[{"kind":"time","text":"5 h at £12.00 an hour (Hall, community)","pence":6000,"vat":"exempt","seconds":18000.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":6000,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-03T12:00:00Z","end":"2026-12-03T17:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991722838429,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22972-dc28-776d-9ec7-8b1a135e4247','01a22972-dc28-7806-9b5c-a52c0f5827a4',1,'ramsey',NULL,1,'confirmed',3600,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £12.00 an hour (Hall, community)","pence":3600,"vat":"exempt","seconds":10800.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3600,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-05T14:30:00Z","end":"2026-12-05T17:30:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991723048391,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22972-dcab-70e0-b4fc-e54346043d57','01a22972-dcab-7334-9503-65d32f15f9bf',1,'ramsey',NULL,1,'confirmed',2175,0,'{"price":{"lines":[{"kind":"time","text":"1 h 30 min at £14.50 an hour (Any room)","pence":2175,"vat":"exempt","seconds":5400.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":2175,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-02T19:30:00Z","end":"2026-12-02T21:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991723179992,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22972-fbdb-78ed-8614-2440ff4ee5c1','01a22972-fbdb-7d3c-a5b4-3034f958cf3b',1,'ramsey',NULL,1,'confirmed',1200,0,'{"price":{"lines":[{"kind":"time","text":"1 h at £12.00 an hour (Hall, community)","pence":1200,"vat":"exempt","seconds":3600.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":1200,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-11-30T10:00:00Z","end":"2026-11-30T11:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991731163066,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22972-fbdb-7114-a862-5b7b790cddce','01a22972-fbdb-746f-a318-dc030d828196',1,'ramsey',NULL,1,'confirmed',1200,0,'{"price":{"lines":[{"kind":"time","text":"1 h at £12.00 an hour (Hall, community)","pence":1200,"vat":"exempt","seconds":3600.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":1200,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-07T10:00:00Z","end":"2026-12-07T11:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991731163066,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22972-fbdb-7e80-aa8e-7b66055dd2ed','01a22972-fbdb-7a0e-bbea-10c34258ee00',1,'ramsey',NULL,1,'confirmed',1200,0,'{"price":{"lines":[{"kind":"time","text":"1 h at £12.00 an hour (Hall, community)","pence":1200,"vat":"exempt","seconds":3600.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":1200,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-14T10:00:00Z","end":"2026-12-14T11:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991731163066,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1036-759c-92c9-1ee9360b36cb','01a22973-1036-76f9-89c5-7665a18bd6e2',1,'ramsey','brass-band',1,'confirmed',2400,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":2400,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-11-30T19:30:00Z","end":"2026-11-30T21:30:00Z"},"party":"brass-band","seats":1,"equipment":[]}}',1795991736374003,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1036-7a13-9723-e9e446ddcb8f','01a22973-1036-7bff-aa0f-67f6506583bf',1,'ramsey','brass-band',1,'confirmed',2400,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":2400,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-07T19:30:00Z","end":"2026-12-07T21:30:00Z"},"party":"brass-band","seats":1,"equipment":[]}}',1795991736374003,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1036-73d5-b6ce-92c7aa2ae278','01a22973-1036-70dd-91c0-f01bfccd0fe5',1,'ramsey','brass-band',1,'confirmed',2400,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":2400,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-14T19:30:00Z","end":"2026-12-14T21:30:00Z"},"party":"brass-band","seats":1,"equipment":[]}}',1795991736374003,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1e77-7e58-815d-fb2368a95df2','01a22973-1e77-7196-8721-7a9048895cb6',1,'ramsey','family-services',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"45 min free (Council use)","vat":"exempt","seconds":2700.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-01T10:30:00Z","end":"2026-12-01T11:15:00Z"},"party":"family-services","seats":1,"equipment":[]}}',1795991740023040,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1e77-7b98-8218-88148e3e5f12','01a22973-1e77-766b-bcbb-0d185784a2a7',1,'ramsey','family-services',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"45 min free (Council use)","vat":"exempt","seconds":2700.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-08T10:30:00Z","end":"2026-12-08T11:15:00Z"},"party":"family-services","seats":1,"equipment":[]}}',1795991740023040,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-1e77-72cd-bc54-5dae23acc3ff','01a22973-1e77-7836-a971-601b1ca5c882',1,'ramsey','family-services',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"45 min free (Council use)","vat":"exempt","seconds":2700.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-15T10:30:00Z","end":"2026-12-15T11:15:00Z"},"party":"family-services","seats":1,"equipment":[]}}',1795991740023040,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-2d5d-7467-86de-e907a62ac04d','01a22973-2d5d-7254-b9d0-05eee39df5de',1,'ramsey','great-whyte-choir',1,'confirmed',3900,250,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"equipment","text":"1 × Piano at £15.00","pence":1500,"vat":"standard"},{"kind":"vat","text":"includes VAT of £2.50 (20 %)"}],"total":3900,"vat":250,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"theatre","during":{"start":"2026-12-02T19:00:00Z","end":"2026-12-02T21:00:00Z"},"party":"great-whyte-choir","seats":1,"equipment":[{"equipment":"piano","count":1}]}}',1795991743837283,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-2d5d-7e0a-98a3-e1d6dbda503c','01a22973-2d5d-7b51-ab56-456a03433a98',1,'ramsey','great-whyte-choir',1,'confirmed',3900,250,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"equipment","text":"1 × Piano at £15.00","pence":1500,"vat":"standard"},{"kind":"vat","text":"includes VAT of £2.50 (20 %)"}],"total":3900,"vat":250,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"theatre","during":{"start":"2026-12-09T19:00:00Z","end":"2026-12-09T21:00:00Z"},"party":"great-whyte-choir","seats":1,"equipment":[{"equipment":"piano","count":1}]}}',1795991743837283,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-2d5d-7064-bc51-0e70dda919e6','01a22973-2d5d-750e-b790-c541c128c22f',1,'ramsey','great-whyte-choir',1,'confirmed',3900,250,'{"price":{"lines":[{"kind":"time","text":"2 h at £12.00 an hour (Hall, community)","pence":2400,"vat":"exempt","seconds":7200.0,"unit":1200},{"kind":"equipment","text":"1 × Piano at £15.00","pence":1500,"vat":"standard"},{"kind":"vat","text":"includes VAT of £2.50 (20 %)"}],"total":3900,"vat":250,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"theatre","during":{"start":"2026-12-16T19:00:00Z","end":"2026-12-16T21:00:00Z"},"party":"great-whyte-choir","seats":1,"equipment":[{"equipment":"piano","count":1}]}}',1795991743837283,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-4a4d-7916-b364-3b38cd18dd18','01a22973-4a4d-79b8-98e0-a921802b67de',1,'ramsey','pilates-studio',1,'confirmed',3600,600,'{"price":{"lines":[{"kind":"time","text":"1 h at £36.00 an hour (Hall, commercial)","pence":3600,"vat":"standard","seconds":3600.0,"unit":3600},{"kind":"vat","text":"includes VAT of £6.00 (20 %)"}],"total":3600,"vat":600,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-03T18:00:00Z","end":"2026-12-03T19:00:00Z"},"party":"pilates-studio","seats":1,"equipment":[]}}',1795991751245229,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-4a4d-768a-9a8b-fc425b39780f','01a22973-4a4d-79f1-b4d0-4341ae0b7fee',1,'ramsey','pilates-studio',1,'confirmed',3600,600,'{"price":{"lines":[{"kind":"time","text":"1 h at £36.00 an hour (Hall, commercial)","pence":3600,"vat":"standard","seconds":3600.0,"unit":3600},{"kind":"vat","text":"includes VAT of £6.00 (20 %)"}],"total":3600,"vat":600,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-10T18:00:00Z","end":"2026-12-10T19:00:00Z"},"party":"pilates-studio","seats":1,"equipment":[]}}',1795991751245229,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-4a4d-7f18-a491-91ec0707cce7','01a22973-4a4d-7354-9f19-68f2430e831a',1,'ramsey','pilates-studio',1,'confirmed',3600,600,'{"price":{"lines":[{"kind":"time","text":"1 h at £36.00 an hour (Hall, commercial)","pence":3600,"vat":"standard","seconds":3600.0,"unit":3600},{"kind":"vat","text":"includes VAT of £6.00 (20 %)"}],"total":3600,"vat":600,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-17T18:00:00Z","end":"2026-12-17T19:00:00Z"},"party":"pilates-studio","seats":1,"equipment":[]}}',1795991751245229,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-522e-7f76-bc99-6d582d836e37','01a22973-522e-76d3-aee5-1a0e91a78578',1,'ramsey','drama-society',1,'confirmed',3600,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £12.00 an hour (Hall, community)","pence":3600,"vat":"exempt","seconds":10800.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3600,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-04T19:00:00Z","end":"2026-12-04T22:00:00Z"},"party":"drama-society","seats":1,"equipment":[]}}',1795991753262372,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-522e-7bf0-bf55-5c86abaa9edd','01a22973-522e-7adc-a5e9-994f4a90451f',1,'ramsey','drama-society',1,'confirmed',3600,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £12.00 an hour (Hall, community)","pence":3600,"vat":"exempt","seconds":10800.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3600,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-11T19:00:00Z","end":"2026-12-11T22:00:00Z"},"party":"drama-society","seats":1,"equipment":[]}}',1795991753262372,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-522e-7aea-968e-d4e9f8b00dec','01a22973-522e-7e40-a5a7-6c0c611cecc2',1,'ramsey','drama-society',1,'confirmed',3600,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £12.00 an hour (Hall, community)","pence":3600,"vat":"exempt","seconds":10800.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3600,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"shelves-in","during":{"start":"2026-12-18T19:00:00Z","end":"2026-12-18T22:00:00Z"},"party":"drama-society","seats":1,"equipment":[]}}',1795991753262372,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-5e29-7a7d-b9a5-61ce47195477','01a22973-5e29-7e68-a970-4bff0bff9a41',1,'ramsey',NULL,1,'confirmed',3000,0,'{"price":{"lines":[{"kind":"time","text":"2 h 30 min at £12.00 an hour (Hall, community)","pence":3000,"vat":"exempt","seconds":9000.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3000,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"theatre","during":{"start":"2026-12-06T10:00:00Z","end":"2026-12-06T12:30:00Z"},"party":null,"seats":1,"equipment":[{"equipment":"chairs","count":50}]}}',1795991756329856,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-5e29-798e-89f8-bef97fdf2221','01a22973-5e29-7635-9e89-d826d11beac1',1,'ramsey',NULL,1,'confirmed',3000,0,'{"price":{"lines":[{"kind":"time","text":"2 h 30 min at £12.00 an hour (Hall, community)","pence":3000,"vat":"exempt","seconds":9000.0,"unit":1200},{"kind":"vat","text":"VAT exempt"}],"total":3000,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall","layout":"theatre","during":{"start":"2026-12-13T10:00:00Z","end":"2026-12-13T12:30:00Z"},"party":null,"seats":1,"equipment":[{"equipment":"chairs","count":50}]}}',1795991756329856,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-7242-7ead-a83d-62304f33c3a0','01a22973-7242-7e2b-aba7-9f6b13bdf635',1,'ramsey','citizens-advice',1,'confirmed',4350,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £14.50 an hour (Any room)","pence":4350,"vat":"exempt","seconds":10800.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":4350,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-01T13:00:00Z","end":"2026-12-01T16:00:00Z"},"party":"citizens-advice","seats":1,"equipment":[]}}',1795991761474293,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-7242-74fb-b5a7-8a7d46dcaace','01a22973-7242-7f67-91ff-c6ee2b3a1288',1,'ramsey','citizens-advice',1,'confirmed',4350,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £14.50 an hour (Any room)","pence":4350,"vat":"exempt","seconds":10800.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":4350,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-08T13:00:00Z","end":"2026-12-08T16:00:00Z"},"party":"citizens-advice","seats":1,"equipment":[]}}',1795991761474293,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-7242-7354-aff2-936fd8d4259f','01a22973-7242-7a21-945d-2917a36c6d60',1,'ramsey','citizens-advice',1,'confirmed',4350,0,'{"price":{"lines":[{"kind":"time","text":"3 h at £14.50 an hour (Any room)","pence":4350,"vat":"exempt","seconds":10800.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":4350,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-15T13:00:00Z","end":"2026-12-15T16:00:00Z"},"party":"citizens-advice","seats":1,"equipment":[]}}',1795991761474293,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-81e1-7fe2-95a0-c56a19917ff5','01a22973-81e1-7cb4-b337-7c3f12562a06',1,'ramsey',NULL,1,'confirmed',2900,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £14.50 an hour (Any room)","pence":2900,"vat":"exempt","seconds":7200.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":2900,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"circle","during":{"start":"2026-12-03T14:00:00Z","end":"2026-12-03T16:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991765473548,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-81e1-72c7-83b4-0a3571fc2612','01a22973-81e1-7549-9108-502824afbcb7',1,'ramsey',NULL,1,'confirmed',2900,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £14.50 an hour (Any room)","pence":2900,"vat":"exempt","seconds":7200.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":2900,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"circle","during":{"start":"2026-12-10T14:00:00Z","end":"2026-12-10T16:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991765473548,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-81e1-7c07-ad5c-0e499a0899db','01a22973-81e1-7991-9608-e209b0ef7625',1,'ramsey',NULL,1,'confirmed',2900,0,'{"price":{"lines":[{"kind":"time","text":"2 h at £14.50 an hour (Any room)","pence":2900,"vat":"exempt","seconds":7200.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":2900,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"circle","during":{"start":"2026-12-17T14:00:00Z","end":"2026-12-17T16:00:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991765473548,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-a63a-737c-848b-65d735e86270','01a22973-a63a-7d32-b921-011161781399',1,'ramsey','job-club',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"2 h free (Council use)","vat":"exempt","seconds":7200.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-04T10:00:00Z","end":"2026-12-04T12:00:00Z"},"party":"job-club","seats":1,"equipment":[]}}',1795991774778966,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22973-a63a-794b-9403-6abe47324a70','01a22973-a63a-72b5-90ad-a147e39fdb60',1,'ramsey','job-club',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"2 h free (Council use)","vat":"exempt","seconds":7200.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"meeting-room","layout":"boardroom","during":{"start":"2026-12-18T10:00:00Z","end":"2026-12-18T12:00:00Z"},"party":"job-club","seats":1,"equipment":[]}}',1795991774778966,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-3296-75b6-a5c2-7b5d3f50a424','01a22974-3296-7834-be48-6817bead03bf',1,'ramsey',NULL,1,'confirmed',2000,0,'{"price":{"lines":[{"kind":"time","text":"2 h 30 min at £8.00 an hour (Half the hall, community)","pence":2000,"vat":"exempt","seconds":9000.0,"unit":800},{"kind":"vat","text":"VAT exempt"}],"total":2000,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall-west","layout":null,"during":{"start":"2026-12-10T15:00:00Z","end":"2026-12-10T17:30:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991810710443,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-3296-7865-840c-b3b3199f31df','01a22974-3296-7a3c-ad37-0e0abb56c0cf',1,'ramsey',NULL,1,'confirmed',2000,0,'{"price":{"lines":[{"kind":"time","text":"2 h 30 min at £8.00 an hour (Half the hall, community)","pence":2000,"vat":"exempt","seconds":9000.0,"unit":800},{"kind":"vat","text":"VAT exempt"}],"total":2000,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"hall-west","layout":null,"during":{"start":"2026-12-17T15:00:00Z","end":"2026-12-17T17:30:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991810710443,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-677a-7e1e-bf56-baa2c1225dc5','01a22974-677a-75f7-b4dd-fdb6e62143e1',1,'ramsey','county-council',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"6 h free (Council use)","vat":"exempt","seconds":21600.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"desks","layout":null,"during":{"start":"2026-12-01T09:00:00Z","end":"2026-12-01T15:00:00Z"},"party":"county-council","seats":3,"equipment":[]}}',1795991824250681,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-677a-78de-9433-97a4ea3eb3d6','01a22974-677a-77c9-a13e-ff00f68da3d7',1,'ramsey','county-council',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"6 h free (Council use)","vat":"exempt","seconds":21600.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"desks","layout":null,"during":{"start":"2026-12-08T09:00:00Z","end":"2026-12-08T15:00:00Z"},"party":"county-council","seats":3,"equipment":[]}}',1795991824250681,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-677a-75ee-98aa-7a5f0245a641','01a22974-677a-737a-b41e-228592a25644',1,'ramsey','county-council',1,'confirmed',0,0,'{"price":{"lines":[{"kind":"time","text":"6 h free (Council use)","vat":"exempt","seconds":21600.0,"unit":0},{"kind":"vat","text":"VAT exempt"}],"total":0,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"desks","layout":null,"during":{"start":"2026-12-15T09:00:00Z","end":"2026-12-15T15:00:00Z"},"party":"county-council","seats":3,"equipment":[]}}',1795991824250681,'warden',NULL);
INSERT INTO "quotes" VALUES('01a22974-e3e6-70e8-bf33-c0dc0eccb4f9','01a22974-e3e6-785c-94c5-cbe283631a86',1,'ramsey',NULL,1,'confirmed',11963,0,'{"price":{"lines":[{"kind":"time","text":"8 h 15 min at £14.50 an hour (Any room)","pence":11963,"vat":"exempt","seconds":29700.0,"unit":1450},{"kind":"vat","text":"VAT exempt"}],"total":11963,"vat":0,"unset_us":0,"uses":[],"cancelling":{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}},"basis":{"space":"studio","layout":null,"during":{"start":"2026-11-29T22:30:00Z","end":"2026-11-30T06:45:00Z"},"party":null,"seats":1,"equipment":[]}}',1795991856102492,'warden',NULL);
CREATE TABLE readiness (
	id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	CONSTRAINT pk_readiness PRIMARY KEY (id)
);
INSERT INTO "readiness" VALUES(1,1795991585201715);
CREATE TABLE recounts (
	log_id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	counter VARCHAR(40) NOT NULL, 
	day DATE NOT NULL, 
	at INTEGER NOT NULL, 
	inside INTEGER NOT NULL, 
	total_ins INTEGER NOT NULL, 
	total_outs INTEGER NOT NULL, 
	CONSTRAINT pk_recounts PRIMARY KEY (log_id, seq), 
	CONSTRAINT fk_recounts_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);
INSERT INTO "recounts" VALUES(1,1,'ramsey','x','x','2026-11-29',1795992375279041,1,1,1);
CREATE TABLE recovery_codes (
	user_id VARCHAR(36) NOT NULL, 
	code_hash BLOB NOT NULL, 
	CONSTRAINT pk_recovery_codes PRIMARY KEY (user_id, code_hash), 
	CONSTRAINT fk_recovery_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "recovery_codes" VALUES('01a22970-db6b-7147-a8c3-4a17e86dc65b',X'0101010101010101010101010101010101010101010101010101010101010101');
CREATE TABLE refusals (
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	reason VARCHAR(40) NOT NULL, 
	number INTEGER NOT NULL, 
	last_at INTEGER NOT NULL, 
	CONSTRAINT pk_refusals PRIMARY KEY (site, edge, reason)
);
INSERT INTO "refusals" VALUES('ramsey','x','x',1,1795992375279041);
CREATE TABLE restored (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	subject VARCHAR(100) NOT NULL, 
	gone BOOLEAN NOT NULL, 
	found_at INTEGER NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	decision VARCHAR(10), 
	decision_id VARCHAR(36), 
	decided_at INTEGER, 
	decided_by VARCHAR(200), 
	decided_why TEXT, 
	CONSTRAINT pk_restored PRIMARY KEY (id), 
	CONSTRAINT fk_restored_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "restored" VALUES('0b0b0b0b-0000-4000-8000-000000000001','march','x','x',0,1795992375279041,1795992375279041,1795995975279041,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE restored_pieces (
	entry VARCHAR(36) NOT NULL, 
	number INTEGER NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	part BLOB NOT NULL, 
	CONSTRAINT pk_restored_pieces PRIMARY KEY (entry, number), 
	CONSTRAINT fk_restored_pieces_entry FOREIGN KEY(entry) REFERENCES restored (id)
);
INSERT INTO "restored_pieces" VALUES('0b0b0b0b-0000-4000-8000-000000000001',1,'ramsey','x','x',1795992375279041,1795995975279041,X'0101010101010101010101010101010101010101010101010101010101010101');
CREATE TABLE retention_runs (
	kind VARCHAR(40) NOT NULL, 
	ran_at INTEGER NOT NULL, 
	removed INTEGER NOT NULL, 
	failure TEXT, 
	CONSTRAINT pk_retention_runs PRIMARY KEY (kind)
);
INSERT INTO "retention_runs" VALUES('events',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('plans',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('samples',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('faults',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('manual_acts',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('booking_contacts',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('waiting',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('import_leftovers',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('notices',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('ended_people',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('documents',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('induction_results',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('safeguarding',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('one_off_people',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('audit_personal',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('audit',1795991585183413,0,NULL);
INSERT INTO "retention_runs" VALUES('accounts',1795991585183413,0,NULL);
CREATE TABLE revocations (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	actor VARCHAR(200) NOT NULL, 
	reason TEXT NOT NULL, 
	told TEXT NOT NULL, 
	CONSTRAINT pk_revocations PRIMARY KEY (id)
);
INSERT INTO "revocations" VALUES('0b0b0b0b-0000-4000-8000-000000000001','ramsey','x',1795992375279041,'x','x','x');
CREATE TABLE safeguarding (
	party VARCHAR(40) NOT NULL, 
	level VARCHAR(20) NOT NULL, 
	seen_on DATE NOT NULL, 
	seen_by VARCHAR(200) NOT NULL, 
	review_on DATE NOT NULL, 
	CONSTRAINT pk_safeguarding PRIMARY KEY (party), 
	CONSTRAINT fk_safeguarding_party FOREIGN KEY(party) REFERENCES parties (id)
);
INSERT INTO "safeguarding" VALUES('ben-carrow','x','2026-11-29','x','2026-11-29');
CREATE TABLE samples (
	site VARCHAR(40) NOT NULL, 
	measurement VARCHAR(40) NOT NULL, 
	device VARCHAR(40) NOT NULL, 
	field VARCHAR(40) NOT NULL, 
	at INTEGER NOT NULL, 
	edge VARCHAR(40) NOT NULL, 
	place VARCHAR(40), 
	value DOUBLE NOT NULL, 
	CONSTRAINT pk_samples PRIMARY KEY (site, measurement, device, field, at, edge)
)
 WITHOUT ROWID

;
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991654266406,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991714315635,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991774395130,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991834444478,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991894519379,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795991954532708,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992014555120,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992074577955,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992134595422,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992194634829,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992254647466,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992314663141,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('march','wifi','public-wifi','stations',1795992374796930,'march-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','access','front-door','granted',1795991989954328,'ramsey-pi','front-door',1.0);
INSERT INTO "samples" VALUES('ramsey','access','front-door','granted',1795991997718561,'ramsey-pi','front-door',0.0);
INSERT INTO "samples" VALUES('ramsey','door','front-door','unlocked',1795991989954891,'ramsey-pi','front-door',1.0);
INSERT INTO "samples" VALUES('ramsey','door','front-door','unlocked',1795991994968018,'ramsey-pi','front-door',0.0);
INSERT INTO "samples" VALUES('ramsey','door','front-door','unlocked',1795992209921635,'ramsey-pi','front-door',1.0);
INSERT INTO "samples" VALUES('ramsey','door','front-door','unlocked',1795992214942724,'ramsey-pi','front-door',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991653869710,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991713915880,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991774601910,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991834630313,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991894680071,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795991954700945,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992014721050,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992074774782,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992134810138,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992194857243,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992254875848,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992314937924,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('ramsey','wifi','public-wifi','stations',1795992375279041,'ramsey-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991651439713,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991711465474,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991771593808,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991831711638,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991891786093,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795991951833688,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992011921234,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992071963122,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992131993903,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992192056501,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992252097569,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992312139865,'soham-pi','building',0.0);
INSERT INTO "samples" VALUES('soham','wifi','public-wifi','stations',1795992372287082,'soham-pi','building',0.0);
CREATE TABLE second_factors (
	user_id VARCHAR(36) NOT NULL, 
	sealed_secret BLOB NOT NULL, 
	made_at INTEGER NOT NULL, 
	confirmed_at INTEGER, 
	last_step INTEGER NOT NULL, 
	CONSTRAINT pk_second_factors PRIMARY KEY (user_id), 
	CONSTRAINT fk_second_factors_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "second_factors" VALUES('01a22970-db6b-7147-a8c3-4a17e86dc65b',X'0101010101010101010101010101010101010101010101010101010101010101',1795992375279041,NULL,1);
CREATE TABLE series (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	party VARCHAR(40), 
	details TEXT DEFAULT '{}' NOT NULL, 
	pattern TEXT DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	imported BOOLEAN DEFAULT 0 NOT NULL, 
	code_owner VARCHAR(36), 
	cancelled_at INTEGER, 
	created_at INTEGER NOT NULL, 
	created_by VARCHAR(200) NOT NULL, 
	changed_at INTEGER, 
	changed_by VARCHAR(200) DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	manage_link_number INTEGER DEFAULT '0' NOT NULL, 
	show_link_number INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_series PRIMARY KEY (id), 
	CONSTRAINT fk_series_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);
INSERT INTO "series" VALUES('01a22972-9afa-7cff-9247-e811138735db','march','hall','March Tai Chi',NULL,'{}','{"first_starts":"2026-11-23T18:00:00","first_ends":"2026-11-23T20:00:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-798b-a04d-209ea8258faf','march','hall','Stay and play',NULL,'{}','{"first_starts":"2026-11-24T09:30:00","first_ends":"2026-11-24T11:30:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-7a64-bc85-5faaf762698e','march','hall','March Choral Society',NULL,'{}','{"first_starts":"2026-11-24T19:30:00","first_ends":"2026-11-24T21:30:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-7179-a518-7f38741ac8a5','march','hall','Job club',NULL,'{}','{"first_starts":"2026-11-25T10:00:00","first_ends":"2026-11-25T15:00:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-7252-bc0f-961d995c886f','march','hall','Tea dance',NULL,'{}','{"first_starts":"2026-11-26T14:00:00","first_ends":"2026-11-26T16:00:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-70b7-b3f4-8b084e5421ef','march','hall','Youth club',NULL,'{}','{"first_starts":"2026-11-27T18:30:00","first_ends":"2026-11-27T21:00:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-9afa-7ff4-ad53-ea961ef28901','march','hall','Night shelter',NULL,'{}','{"first_starts":"2026-11-28T21:00:00","first_ends":"2026-11-29T07:00:00","rule":"","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,1,NULL,NULL,1795991706362001,'import:warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22972-fbdb-746d-b9cf-e530043744f2','ramsey','hall','Tai chi for beginners',NULL,'{"contact_name":"Joan Petrie","contact_phone":"01632 960 201","people":14}','{"first_starts":"2026-11-30T10:00:00","first_ends":"2026-11-30T11:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991731163066,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-1036-72df-8977-dd57df410641','ramsey','hall','Brass band practice','brass-band','{"contact_name":"Colin Dent","contact_phone":"01632 960 202","people":22}','{"first_starts":"2026-11-30T19:30:00","first_ends":"2026-11-30T21:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991736374003,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-1e77-7cb2-ada8-810cc907a270','ramsey','hall','Baby rhyme time','family-services','{"contact_name":"Priya Nair","contact_phone":"01632 960 203","under_16s":true,"people":24}','{"first_starts":"2026-12-01T10:30:00","first_ends":"2026-12-01T11:15:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":true,"skip_holidays":false}',NULL,0,NULL,NULL,1795991740023040,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-2d5d-700e-905e-bbdcbee5dc9c','ramsey','hall','Great Whyte Choir','great-whyte-choir','{"contact_name":"Ruth Allen","contact_phone":"01632 960 204","people":36,"layout":"theatre","equipment":[{"equipment":"piano","count":1}]}','{"first_starts":"2026-12-02T19:00:00","first_ends":"2026-12-02T21:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991743837283,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-4a4d-77be-85f4-12e501b6cd00','ramsey','hall','Pilates','pilates-studio','{"contact_name":"Ania Kowalska","contact_phone":"01632 960 205","people":16}','{"first_starts":"2026-12-03T18:00:00","first_ends":"2026-12-03T19:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991751245229,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-522e-73af-93b0-fae5fe0d9f87','ramsey','hall','Drama society','drama-society','{"contact_name":"Marcus Bell","contact_phone":"01632 960 206","people":18}','{"first_starts":"2026-12-04T19:00:00","first_ends":"2026-12-04T22:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991753262372,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-5e29-79fb-8e6f-6ba6b7d3f17b','ramsey','hall','Sunday fellowship',NULL,'{"contact_name":"Grace Adeyemi","contact_phone":"01632 960 207","people":40,"layout":"theatre","equipment":[{"equipment":"chairs","count":50}]}','{"first_starts":"2026-12-06T10:00:00","first_ends":"2026-12-06T12:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991756329856,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-7242-778a-b4e1-1299e8afdd4a','ramsey','meeting-room','Citizens Advice','citizens-advice','{"contact_name":"Tom Hargreaves","contact_phone":"01632 960 208","people":5}','{"first_starts":"2026-12-01T13:00:00","first_ends":"2026-12-01T16:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991761474293,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-81e1-7574-9644-792a4448ea61','ramsey','meeting-room','Knit and natter',NULL,'{"contact_name":"Sheila Crowe","contact_phone":"01632 960 209","people":10,"layout":"circle"}','{"first_starts":"2026-12-03T14:00:00","first_ends":"2026-12-03T16:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991765473548,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-a63a-730b-9757-38f95baa386b','ramsey','meeting-room','Job club','job-club','{"contact_name":"Dev Patel","contact_phone":"01632 960 210","people":9}','{"first_starts":"2026-12-04T10:00:00","first_ends":"2026-12-04T12:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-11T10:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991774778966,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-bfc6-731f-bc94-4c0279a866c2','march','meeting-room','English conversation',NULL,'{"contact_name":"Lena Vogel","contact_phone":"01632 960 211","people":10}','{"first_starts":"2026-11-30T18:00:00","first_ends":"2026-11-30T19:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-28T18:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991781318239,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-d5f4-7b18-8de7-b4b6e2562a0c','march','meeting-room','Health visitor drop-in','health-visitors','{"contact_name":"Amina Yusuf","contact_phone":"01632 960 212","people":6}','{"first_starts":"2026-12-02T10:00:00","first_ends":"2026-12-02T13:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-30T10:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991786996224,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-eae0-7d23-a1e9-41c9fd68d629','march','meeting-room','Code club',NULL,'{"contact_name":"Sam Whitlock","contact_phone":"01632 960 213","under_16s":true,"people":12,"equipment":[{"equipment":"projector","count":1}]}','{"first_starts":"2026-12-05T10:30:00","first_ends":"2026-12-05T12:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":true,"skip_holidays":false}',NULL,0,NULL,NULL,1795991792352435,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22973-f6bb-7498-bba9-9aea90c459b7','soham','hall','Gentle exercise',NULL,'{"contact_name":"Moira Fenn","contact_phone":"01632 960 214","people":12}','{"first_starts":"2026-12-01T10:30:00","first_ends":"2026-12-01T11:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991795387985,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-115e-7666-9190-3e83fd416fb9','soham','hall','Scouts','scouts','{"contact_name":"Ben Carrow","contact_phone":"01632 960 215","under_16s":true,"people":20}','{"first_starts":"2026-12-02T18:30:00","first_ends":"2026-12-02T20:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991802206878,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-215c-7380-a96d-a068ba0c3d22','soham','hall','Ukulele group',NULL,'{"contact_name":"Nigel Stott","contact_phone":"01632 960 216","people":8}','{"first_starts":"2026-12-04T19:00:00","first_ends":"2026-12-04T20:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-25T19:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991806300300,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-2d9e-7685-829f-573806f70547','soham','consulting-room','Post office counter','post-office','{"contact_name":"Farah Siddiqui","contact_phone":"01632 960 217","people":2}','{"first_starts":"2026-12-03T10:00:00","first_ends":"2026-12-03T13:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-24T10:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991809438768,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-3296-77df-acbe-acbb33b29721','ramsey','hall-west','Sewing bee',NULL,'{"contact_name":"Wanda Ives","contact_phone":"01632 960 229","people":12}','{"first_starts":"2026-12-03T15:00:00","first_ends":"2026-12-03T17:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-03T15:00:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991810710443,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-3d88-7d14-a327-9b09f5bf80af','ramsey','hall','Makers'' market','fenland-fairs','{"contact_name":"Gordon Pike","contact_phone":"01632 960 228","people":40}','{"first_starts":"2026-12-05T14:30:00","first_ends":"2026-12-05T17:30:00","rule":"FREQ=WEEKLY;INTERVAL=2;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991813512381,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-677a-7a78-bfd7-2932875cd206','ramsey','desks','Adult learning tutors','county-council','{"contact_name":"Bookings office","contact_phone":"01632 960 200","people":3}','{"first_starts":"2026-12-01T09:00:00","first_ends":"2026-12-01T15:00:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991824250681,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-7aa4-7933-981e-6fad4ec96cbb','march','zone-children','Lego club','family-services','{"contact_name":"Priya Nair","contact_phone":"01632 960 203","under_16s":true,"people":15}','{"first_starts":"2026-12-02T15:30:00","first_ends":"2026-12-02T16:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":[],"term_only":true,"skip_holidays":false}',NULL,0,NULL,NULL,1795991829156467,'warden',NULL,'',1,0,0);
INSERT INTO "series" VALUES('01a22974-91d1-7d5c-a333-55c911bd82f1','march','zone-history','Archive volunteers',NULL,'{"contact_name":"Edith Marr","contact_phone":"01632 960 221","people":6}','{"first_starts":"2026-12-04T10:30:00","first_ends":"2026-12-04T12:30:00","rule":"FREQ=WEEKLY;INTERVAL=1;UNTIL=20270124","extra":[],"out_days":[],"out_times":["2026-12-25T10:30:00","2027-01-01T10:30:00"],"term_only":false,"skip_holidays":false}',NULL,0,NULL,NULL,1795991835089967,'warden',NULL,'',1,0,0);
CREATE TABLE sessions (
	token_hash BLOB NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	created_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	method VARCHAR(10) DEFAULT 'password' NOT NULL, 
	last_used_at INTEGER NOT NULL, 
	address VARCHAR(45) DEFAULT '' NOT NULL, 
	browser VARCHAR(80) DEFAULT '' NOT NULL, 
	name VARCHAR(200), 
	scopes TEXT, 
	read_only BOOLEAN DEFAULT false NOT NULL, 
	by_passkey BOOLEAN DEFAULT false NOT NULL, 
	second_factor BOOLEAN DEFAULT false NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "sessions" VALUES(X'2701E22E4FD155F1CA24B197C41AFED62E8076FC5395A397E649AE34A8C8A798','01a22970-db6b-7147-a8c3-4a17e86dc65b',1795991591818092,1798583591818092,'setup',1795991591818092,'','python-httpx/0.28.1',NULL,NULL,0,0,0);
INSERT INTO "sessions" VALUES(X'DE3A14C66B86C14736C87AA9DA548FF25417416571D26AF527FE4136C04531E7','01a22970-db6b-7147-a8c3-4a17e86dc65b',1795992009983182,1798584009983182,'password',1795992009983182,'','curl/8.14.1',NULL,NULL,0,0,0);
INSERT INTO "sessions" VALUES(X'99E4E86629BD4D637AEA44BCE5AF70C9840C334477179F23D23EC845CD090963','01a22970-db6b-7147-a8c3-4a17e86dc65b',1795992206236804,1798584206236804,'password',1795992206236804,'','curl/8.14.1',NULL,NULL,0,0,0);
CREATE TABLE sheet_rows (
	site VARCHAR(40) NOT NULL, 
	reference VARCHAR(200) NOT NULL, 
	booking_id VARCHAR(36) NOT NULL, 
	fingerprint BLOB NOT NULL, 
	CONSTRAINT pk_sheet_rows PRIMARY KEY (site, reference), 
	CONSTRAINT fk_sheet_rows_site FOREIGN KEY(site) REFERENCES sites (id), 
	CONSTRAINT fk_sheet_rows_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "sheet_rows" VALUES('march','x','01a22972-db56-743f-83a4-dbad55232980',X'0101010101010101010101010101010101010101010101010101010101010101');
CREATE TABLE sign_in_failures (
	"key" BLOB NOT NULL, 
	failures INTEGER NOT NULL, 
	last_at INTEGER NOT NULL, 
	blocked_until INTEGER NOT NULL, 
	kept_until INTEGER NOT NULL, 
	CONSTRAINT pk_sign_in_failures PRIMARY KEY ("key")
);
INSERT INTO "sign_in_failures" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101',1,1795992375279041,1,1);
CREATE TABLE site_hours (
	site VARCHAR(40) NOT NULL, 
	timetable TEXT NOT NULL, 
	terms TEXT NOT NULL, 
	CONSTRAINT pk_site_hours PRIMARY KEY (site), 
	CONSTRAINT fk_site_hours_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "site_hours" VALUES('ramsey','{"pattern":[{"weekday":0,"span":{"opens":480,"closes":1200,"mode":"extended"}},{"weekday":1,"span":{"opens":480,"closes":600,"mode":"extended"}},{"weekday":1,"span":{"opens":600,"closes":1080,"mode":"staffed"}},{"weekday":2,"span":{"opens":600,"closes":840,"mode":"staffed"}},{"weekday":2,"span":{"opens":840,"closes":1200,"mode":"extended"}},{"weekday":4,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":5,"span":{"opens":600,"closes":840,"mode":"staffed"}}],"seasons":[{"name":"Summer holidays","first":"2000-07-22","last":"2000-08-31","yearly":true,"pattern":[{"weekday":1,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":2,"span":{"opens":600,"closes":840,"mode":"staffed"}},{"weekday":4,"span":{"opens":600,"closes":960,"mode":"staffed"}},{"weekday":5,"span":{"opens":600,"closes":780,"mode":"staffed"}}]}],"bank_holidays":{"means":"closed"},"closing":{"warn_minutes":[15,5]}}','[{"id":"autumn-2026","name":"Autumn term","first":"2026-09-03","last":"2026-12-18","breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}]},{"id":"spring-2027","name":"Spring term","first":"2027-01-05","last":"2027-03-26","breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}]},{"id":"summer-2027","name":"Summer term","first":"2027-04-13","last":"2027-07-20","breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}]},{"id":"autumn-2027","name":"Autumn term","first":"2027-09-03","last":"2027-12-18","breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}]},{"id":"spring-2028","name":"Spring term","first":"2028-01-05","last":"2028-03-26","breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}]},{"id":"summer-2028","name":"Summer term","first":"2028-04-13","last":"2028-07-20","breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}]},{"id":"autumn-2028","name":"Autumn term","first":"2028-09-03","last":"2028-12-18","breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}]},{"id":"spring-2029","name":"Spring term","first":"2029-01-05","last":"2029-03-26","breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}]},{"id":"summer-2029","name":"Summer term","first":"2029-04-13","last":"2029-07-20","breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}]}]');
INSERT INTO "site_hours" VALUES('march','{"pattern":[{"weekday":0,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":0,"span":{"opens":1020,"closes":1200,"mode":"extended"}},{"weekday":1,"span":{"opens":600,"closes":900,"mode":"staffed"}},{"weekday":2,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":3,"span":{"opens":720,"closes":1020,"mode":"staffed"}},{"weekday":3,"span":{"opens":1020,"closes":1260,"mode":"extended"}},{"weekday":4,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":5,"span":{"opens":600,"closes":840,"mode":"staffed"}}],"bank_holidays":{"means":"closed"},"closing":{"warn_minutes":[15,5]}}','[{"id":"autumn-2026","name":"Autumn term","first":"2026-09-03","last":"2026-12-18","breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}]},{"id":"spring-2027","name":"Spring term","first":"2027-01-05","last":"2027-03-26","breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}]},{"id":"summer-2027","name":"Summer term","first":"2027-04-13","last":"2027-07-20","breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}]},{"id":"autumn-2027","name":"Autumn term","first":"2027-09-03","last":"2027-12-18","breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}]},{"id":"spring-2028","name":"Spring term","first":"2028-01-05","last":"2028-03-26","breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}]},{"id":"summer-2028","name":"Summer term","first":"2028-04-13","last":"2028-07-20","breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}]},{"id":"autumn-2028","name":"Autumn term","first":"2028-09-03","last":"2028-12-18","breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}]},{"id":"spring-2029","name":"Spring term","first":"2029-01-05","last":"2029-03-26","breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}]},{"id":"summer-2029","name":"Summer term","first":"2029-04-13","last":"2029-07-20","breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}]}]');
INSERT INTO "site_hours" VALUES('soham','{"pattern":[{"weekday":0,"span":{"opens":600,"closes":1020,"mode":"staffed"}},{"weekday":1,"span":{"opens":600,"closes":840,"mode":"staffed"}},{"weekday":3,"span":{"opens":600,"closes":1080,"mode":"staffed"}},{"weekday":5,"span":{"opens":600,"closes":840,"mode":"staffed"}}],"bank_holidays":{"means":"closed"},"closing":{"warn_minutes":[15,5]}}','[{"id":"autumn-2026","name":"Autumn term","first":"2026-09-03","last":"2026-12-18","breaks":[{"first":"2026-10-24","last":"2026-11-01","name":"Half-term"}]},{"id":"spring-2027","name":"Spring term","first":"2027-01-05","last":"2027-03-26","breaks":[{"first":"2027-02-13","last":"2027-02-21","name":"Half-term"}]},{"id":"summer-2027","name":"Summer term","first":"2027-04-13","last":"2027-07-20","breaks":[{"first":"2027-05-25","last":"2027-06-02","name":"Half-term"}]},{"id":"autumn-2027","name":"Autumn term","first":"2027-09-03","last":"2027-12-18","breaks":[{"first":"2027-10-24","last":"2027-11-01","name":"Half-term"}]},{"id":"spring-2028","name":"Spring term","first":"2028-01-05","last":"2028-03-26","breaks":[{"first":"2028-02-13","last":"2028-02-21","name":"Half-term"}]},{"id":"summer-2028","name":"Summer term","first":"2028-04-13","last":"2028-07-20","breaks":[{"first":"2028-05-25","last":"2028-06-02","name":"Half-term"}]},{"id":"autumn-2028","name":"Autumn term","first":"2028-09-03","last":"2028-12-18","breaks":[{"first":"2028-10-24","last":"2028-11-01","name":"Half-term"}]},{"id":"spring-2029","name":"Spring term","first":"2029-01-05","last":"2029-03-26","breaks":[{"first":"2029-02-13","last":"2029-02-21","name":"Half-term"}]},{"id":"summer-2029","name":"Summer term","first":"2029-04-13","last":"2029-07-20","breaks":[{"first":"2029-05-25","last":"2029-06-02","name":"Half-term"}]}]');
CREATE TABLE site_inductions (
	site VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	counts_from INTEGER NOT NULL, 
	draft TEXT NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_site_inductions PRIMARY KEY (site), 
	CONSTRAINT fk_site_inductions_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "site_inductions" VALUES('march',1,1,'x',1795992375279041,'x');
CREATE TABLE sites (
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	address VARCHAR(200) NOT NULL, 
	phone VARCHAR(200) NOT NULL, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	organisation VARCHAR(40), 
	revision INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_sites PRIMARY KEY (id)
);
INSERT INTO "sites" VALUES('ramsey','Ramsey Hub','Europe/London','Great Whyte, Ramsey','01632 960 121',55.010586,-1.622972,'county-council',160666679);
INSERT INTO "sites" VALUES('march','March Library','Europe/London','City Road, March','01632 960 122',54.984162,-1.660813,'county-council',2112902556);
INSERT INTO "sites" VALUES('soham','Soham Community Hub','Europe/London','Clay Street, Soham','01632 960 123',55.005701,-1.653496,'soham-friends',1174845130);
CREATE TABLE space_amenities (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	amenity VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_space_amenities PRIMARY KEY (site, space, amenity), 
	CONSTRAINT fk_space_amenities_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);
INSERT INTO "space_amenities" VALUES('ramsey','hall','hearing-loop');
INSERT INTO "space_amenities" VALUES('ramsey','hall','kitchen');
INSERT INTO "space_amenities" VALUES('ramsey','hall','stage');
INSERT INTO "space_amenities" VALUES('ramsey','hall-east','kitchen');
INSERT INTO "space_amenities" VALUES('ramsey','hall-west','stage');
INSERT INTO "space_amenities" VALUES('ramsey','meeting-room','screen');
INSERT INTO "space_amenities" VALUES('ramsey','studio','mirrors');
INSERT INTO "space_amenities" VALUES('march','hall','kitchen');
INSERT INTO "space_amenities" VALUES('march','hall','sprung-floor');
INSERT INTO "space_amenities" VALUES('march','meeting-room','screen');
INSERT INTO "space_amenities" VALUES('soham','hall','kitchen');
CREATE TABLE space_doors (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	door VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_space_doors PRIMARY KEY (site, space, door), 
	CONSTRAINT fk_space_doors_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id), 
	CONSTRAINT fk_space_doors_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id)
);
INSERT INTO "space_doors" VALUES('ramsey','desks','library-door');
INSERT INTO "space_doors" VALUES('ramsey','hall','front-door');
INSERT INTO "space_doors" VALUES('ramsey','hall-east','front-door');
INSERT INTO "space_doors" VALUES('ramsey','hall-west','front-door');
INSERT INTO "space_doors" VALUES('ramsey','meeting-room','front-door');
INSERT INTO "space_doors" VALUES('ramsey','meeting-room','library-door');
INSERT INTO "space_doors" VALUES('ramsey','studio','front-door');
INSERT INTO "space_doors" VALUES('march','floor-back','front-door');
INSERT INTO "space_doors" VALUES('march','floor-front','front-door');
INSERT INTO "space_doors" VALUES('march','hall','hall-door');
INSERT INTO "space_doors" VALUES('march','library-floor','front-door');
INSERT INTO "space_doors" VALUES('march','meeting-room','front-door');
INSERT INTO "space_doors" VALUES('march','zone-children','front-door');
INSERT INTO "space_doors" VALUES('march','zone-history','front-door');
INSERT INTO "space_doors" VALUES('march','zone-middle','front-door');
INSERT INTO "space_doors" VALUES('soham','consulting-room','front-door');
INSERT INTO "space_doors" VALUES('soham','hall','front-door');
INSERT INTO "space_doors" VALUES('soham','whole-hub','front-door');
CREATE TABLE space_hours (
	site VARCHAR(40) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	windows TEXT NOT NULL, 
	CONSTRAINT pk_space_hours PRIMARY KEY (site, space), 
	CONSTRAINT fk_space_hours_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id) ON DELETE CASCADE
);
INSERT INTO "space_hours" VALUES('ramsey','desks','[{"weekday":0,"opens":480,"closes":1200},{"weekday":1,"opens":480,"closes":1080},{"weekday":2,"opens":600,"closes":1200},{"weekday":4,"opens":600,"closes":1020}]');
INSERT INTO "space_hours" VALUES('soham','consulting-room','[{"weekday":0,"opens":480,"closes":1080},{"weekday":1,"opens":480,"closes":1080},{"weekday":2,"opens":480,"closes":1080},{"weekday":3,"opens":480,"closes":1080},{"weekday":4,"opens":480,"closes":1080}]');
CREATE TABLE space_parts (
	site VARCHAR(40) NOT NULL, 
	whole VARCHAR(40) NOT NULL, 
	part VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_space_parts PRIMARY KEY (site, whole, part), 
	CONSTRAINT fk_space_parts_site_whole FOREIGN KEY(site, whole) REFERENCES spaces (site, id), 
	CONSTRAINT fk_space_parts_site_part FOREIGN KEY(site, part) REFERENCES spaces (site, id), 
	CONSTRAINT ck_space_parts_apart CHECK (whole <> part)
);
INSERT INTO "space_parts" VALUES('ramsey','hall','hall-east');
INSERT INTO "space_parts" VALUES('ramsey','hall','hall-west');
INSERT INTO "space_parts" VALUES('march','floor-back','zone-history');
INSERT INTO "space_parts" VALUES('march','floor-back','zone-middle');
INSERT INTO "space_parts" VALUES('march','floor-front','zone-children');
INSERT INTO "space_parts" VALUES('march','floor-front','zone-middle');
INSERT INTO "space_parts" VALUES('march','library-floor','floor-back');
INSERT INTO "space_parts" VALUES('march','library-floor','floor-front');
INSERT INTO "space_parts" VALUES('soham','whole-hub','consulting-room');
INSERT INTO "space_parts" VALUES('soham','whole-hub','hall');
CREATE TABLE spaces (
	site VARCHAR(40) NOT NULL, 
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	capacity INTEGER, 
	floor_area_m2 DOUBLE, 
	kind VARCHAR(10) DEFAULT 'room' NOT NULL, 
	pool_size INTEGER, 
	floor VARCHAR(40), 
	description VARCHAR(2000) DEFAULT '' NOT NULL, 
	step_free BOOLEAN DEFAULT 0 NOT NULL, 
	noise VARCHAR(10) DEFAULT 'any' NOT NULL, 
	setup_min INTEGER DEFAULT '0' NOT NULL, 
	cleardown_min INTEGER DEFAULT '0' NOT NULL, 
	changeover_min INTEGER DEFAULT '0' NOT NULL, 
	share_buffers BOOLEAN DEFAULT 1 NOT NULL, 
	default_layout VARCHAR(40), 
	bookable BOOLEAN DEFAULT 1 NOT NULL, 
	CONSTRAINT pk_spaces PRIMARY KEY (site, id), 
	CONSTRAINT ck_spaces_capacity CHECK (capacity >= 0), 
	CONSTRAINT fk_spaces_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "spaces" VALUES('ramsey','hall','Main hall',120,180.0,'room',NULL,'ground','Divides into two halves by a sliding wall. The shelves are on wheels.',1,'noisy',15,15,15,1,'shelves-in',1);
INSERT INTO "spaces" VALUES('ramsey','studio','Studio',20,45.0,'room',NULL,'ground','',1,'any',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('ramsey','meeting-room','Meeting room',14,28.0,'room',NULL,'first','',0,'quiet',0,0,10,1,'boardroom',1);
INSERT INTO "spaces" VALUES('march','hall','Community hall',80,120.0,'room',NULL,'ground','',1,'noisy',15,15,20,1,'open-floor',1);
INSERT INTO "spaces" VALUES('march','meeting-room','Meeting room',12,24.0,'room',NULL,'ground','',1,'quiet',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('soham','hall','Hall',60,90.0,'room',NULL,'ground','',1,'noisy',10,10,0,1,NULL,1);
INSERT INTO "spaces" VALUES('soham','consulting-room','Consulting room',4,12.0,'room',NULL,'ground','',1,'quiet',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('ramsey','desks','Touch-down desks',NULL,NULL,'pool',6,'ground','',1,'quiet',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('ramsey','hall-east','Hall, east half',55,90.0,'room',NULL,'ground','',1,'noisy',0,0,15,1,NULL,1);
INSERT INTO "spaces" VALUES('ramsey','hall-west','Hall, west half',55,90.0,'room',NULL,'ground','',1,'noisy',0,0,15,1,NULL,1);
INSERT INTO "spaces" VALUES('march','floor-back','Library floor, back',55,140.0,'room',NULL,'ground','Middle zone and local history.',1,'any',0,0,15,1,NULL,1);
INSERT INTO "spaces" VALUES('march','floor-front','Library floor, front',55,140.0,'room',NULL,'ground','Children''s zone and middle zone.',1,'any',0,0,15,1,NULL,1);
INSERT INTO "spaces" VALUES('march','library-floor','Library floor, shelves away',90,210.0,'room',NULL,'ground','All three zones; the shelves are rolled against the walls.',1,'any',30,30,15,1,NULL,1);
INSERT INTO "spaces" VALUES('march','zone-children','Children''s zone',25,70.0,'room',NULL,'ground','',1,'noisy',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('march','zone-history','Local history',20,70.0,'room',NULL,'ground','',1,'quiet',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('march','zone-middle','Middle zone',25,70.0,'room',NULL,'ground','',1,'any',0,0,0,1,NULL,1);
INSERT INTO "spaces" VALUES('soham','whole-hub','The whole hub',64,102.0,'room',NULL,NULL,'Hall and consulting room, for polling days and weddings.',1,'any',0,0,0,1,NULL,1);
CREATE TABLE subscriptions (
	id VARCHAR(36) NOT NULL, 
	token_hash BLOB NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	shows VARCHAR(10) NOT NULL, 
	site VARCHAR(40), 
	space VARCHAR(40), 
	party VARCHAR(40), 
	owner_party VARCHAR(40), 
	only_sites TEXT, 
	created_at INTEGER NOT NULL, 
	created_by VARCHAR(200) NOT NULL, 
	user_id VARCHAR(36), 
	revoked_at INTEGER, 
	CONSTRAINT pk_subscriptions PRIMARY KEY (id), 
	CONSTRAINT uq_subscriptions_token_hash UNIQUE (token_hash), 
	CONSTRAINT fk_subscriptions_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "subscriptions" VALUES('0b0b0b0b-0000-4000-8000-000000000001',X'0101010101010101010101010101010101010101010101010101010101010101','x','x',NULL,NULL,NULL,NULL,NULL,1795992375279041,'x',NULL,NULL);
CREATE TABLE tariffs (
	site VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	changed_at INTEGER NOT NULL, 
	changed_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_tariffs PRIMARY KEY (site, version), 
	CONSTRAINT fk_tariffs_site FOREIGN KEY(site) REFERENCES sites (id)
);
INSERT INTO "tariffs" VALUES('ramsey',1,'{"rates":[{"name":"Any room","per_hour":1450},{"name":"Hall","spaces":["hall"],"per_hour":2400},{"name":"Council use","tiers":["council"],"per_hour":0},{"name":"Hall, community","spaces":["hall"],"tiers":["community"],"per_hour":1200},{"name":"Hall, commercial","spaces":["hall"],"tiers":["commercial"],"per_hour":3600,"vat":"standard"},{"name":"Half the hall, community","spaces":["hall-east","hall-west"],"tiers":["community"],"per_hour":800},{"name":"Touch-down desks","spaces":["desks"],"per_hour":150,"each_seat":true}],"limits":[{"name":"At least an hour","minimum_minutes":60}],"discounts":[{"name":"Block of ten","tiers":["community"],"percent":10,"dates":10}],"cancelling":[{"name":"Late cancelling","steps":[{"days":7,"percent":0},{"days":2,"percent":25}],"late":50}],"equipment":[{"equipment":"piano","per_use":1500,"vat":"standard"}],"vat_percent":"20","year_starts":4}',1795991691113767,'warden');
INSERT INTO "tariffs" VALUES('march',1,'{"rates":[{"name":"Any room","per_hour":1100},{"name":"Community","tiers":["community"],"per_hour":650},{"name":"Council use","tiers":["council"],"per_hour":0}]}',1795991694403964,'warden');
INSERT INTO "tariffs" VALUES('soham',1,'{"rates":[{"name":"Any room","per_hour":900},{"name":"Community","tiers":["community"],"per_hour":500}]}',1795991698392665,'warden');
CREATE TABLE told (
	booking_id VARCHAR(36) NOT NULL, 
	address_tag BLOB NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	space VARCHAR(40) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	code_tag BLOB NOT NULL, 
	warned BOOLEAN NOT NULL, 
	closed_tag BLOB, 
	reminded BOOLEAN DEFAULT 0 NOT NULL, 
	door_trouble TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_told PRIMARY KEY (booking_id, address_tag), 
	CONSTRAINT fk_told_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);
INSERT INTO "told" VALUES('01a22972-db56-743f-83a4-dbad55232980',X'01A22972DB567C9681DCC21790E3B1EE','confirmed','hall',1796299200000000,1796317200000000,X'256600ED7501D543AA4052B52D4EF7AC',0,NULL,1,'');
INSERT INTO "told" VALUES('01a22972-dc28-7806-9b5c-a52c0f5827a4',X'01A22972DC2874FC8192519E338274D1','confirmed','hall',1796481000000000,1796491800000000,X'246E42AF32E46BBCA98FCF42E27145E9',0,NULL,1,'');
INSERT INTO "told" VALUES('01a22972-dcab-7334-9503-65d32f15f9bf',X'01A22972DCAB709F845CB4C07E28A6B5','confirmed','meeting-room',1796239800000000,1796245200000000,X'148EDEDC43CCCFE6BEA0DE7B553E576C',0,NULL,1,'');
INSERT INTO "told" VALUES('01a22972-fbdb-746f-a318-dc030d828196',X'01A22972FBDB7489B7E520796E543BC0','confirmed','hall',1796637600000000,1796641200000000,X'8C0B19DCB25D754E70FFA94DEB91D8B2',0,NULL,1,'');
INSERT INTO "told" VALUES('01a22972-fbdb-7a0e-bbea-10c34258ee00',X'01A22972FBDB7489B7E520796E543BC0','confirmed','hall',1797242400000000,1797246000000000,X'672E65B16544154C0F91B3186DB0ECDD',0,NULL,1,'');
CREATE TABLE used_challenges (
	challenge_hash BLOB NOT NULL, 
	expires_at INTEGER NOT NULL, 
	CONSTRAINT pk_used_challenges PRIMARY KEY (challenge_hash)
);
INSERT INTO "used_challenges" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101',1795992375279041);
CREATE TABLE user_accounts (
	id VARCHAR(36) NOT NULL, 
	user_id VARCHAR(36) NOT NULL, 
	issuer VARCHAR(500) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	label VARCHAR(200) NOT NULL, 
	linked_at INTEGER NOT NULL, 
	last_used_at INTEGER NOT NULL, 
	CONSTRAINT pk_user_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_user_accounts_subject UNIQUE (issuer, subject), 
	CONSTRAINT fk_user_accounts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "user_accounts" VALUES('0b0b0b0b-0000-4000-8000-000000000001','01a22970-db6b-7147-a8c3-4a17e86dc65b','x','x','x',1795992375279041,1795992375279041);
CREATE TABLE users (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	name_key VARCHAR(600) NOT NULL, 
	password_hash VARCHAR(200), 
	email VARCHAR(200), 
	email_key VARCHAR(600), 
	created_at INTEGER NOT NULL, 
	ended_at INTEGER, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name_key UNIQUE (name_key)
);
INSERT INTO "users" VALUES('01a22970-db6b-7147-a8c3-4a17e86dc65b','warden','warden','$argon2id$v=19$m=65536,t=3,p=4$Qf0hDfmXi/awVeNoQKZDqA$tSmR5sr6juUW+OmyTl51Rsyz9N/l8GZMvFETFRCKE7I',NULL,NULL,1795991591787071,NULL);
CREATE TABLE waits (
	id VARCHAR(36) NOT NULL, 
	site VARCHAR(40) NOT NULL, 
	party VARCHAR(40), 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	asked TEXT NOT NULL, 
	spaces VARCHAR(2000) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	state_at INTEGER NOT NULL, 
	offered_until INTEGER, 
	booking VARCHAR(36), 
	made_at INTEGER NOT NULL, 
	made_by VARCHAR(200) NOT NULL, 
	turn INTEGER NOT NULL, 
	CONSTRAINT pk_waits PRIMARY KEY (id), 
	CONSTRAINT fk_waits_site FOREIGN KEY(site) REFERENCES sites (id), 
	CONSTRAINT fk_waits_booking FOREIGN KEY(booking) REFERENCES bookings (id)
);
INSERT INTO "waits" VALUES('01a22974-cc79-7252-88b6-b6cd925116a2','ramsey','salsa-club',1796842800000000,1796850000000000,'{"space":"hall","title":"Salsa taster","contact_name":"Ines Cabral","contact_phone":"01632 960 227","people":30,"party":"salsa-club","during":{"start":"2026-12-09T19:00:00Z","end":"2026-12-09T21:00:00Z"},"by_rules":true}','hall','waiting',1795991850105459,NULL,NULL,1795991850105459,'warden',1);
CREATE INDEX ix_audit_rows_unsealed ON audit_rows (id) WHERE seq IS NULL;
CREATE INDEX ix_audit_rows_subject ON audit_rows (subject);
CREATE INDEX ix_audit_rows_user_id ON audit_rows (user_id, id);
CREATE INDEX ix_audit_rows_site_at ON audit_rows (site, at);
CREATE INDEX ix_audit_rows_thing ON audit_rows (thing);
CREATE INDEX ix_audit_people_name ON audit_people (name);
CREATE INDEX ix_finished_flows_expires_at ON finished_flows (expires_at);
CREATE INDEX ix_used_challenges_expires_at ON used_challenges (expires_at);
CREATE INDEX ix_users_email_key ON users (email_key);
CREATE INDEX ix_sign_in_failures_kept_until ON sign_in_failures (kept_until);
CREATE INDEX ix_parties_site ON parties (site);
CREATE INDEX ix_parties_organisation ON parties (organisation);
CREATE INDEX ix_parties_responsible_user ON parties (responsible_user);
CREATE INDEX ix_parties_responsible ON parties (responsible);
CREATE INDEX ix_displays_expires_at ON displays (expires_at);
CREATE INDEX ix_displays_site ON displays (site);
CREATE INDEX ix_code_claims_owner ON code_claims (owner);
CREATE INDEX ix_code_claims_site_code_key ON code_claims (site, code_key);
CREATE TRIGGER code_claims_no_overlap_insert BEFORE INSERT ON code_claims WHEN EXISTS (SELECT 1 FROM code_claims WHERE site = NEW.site AND door = NEW.door AND code_key = NEW.code_key AND owner <> NEW.owner AND starts < NEW.ends AND ends > NEW.starts) BEGIN SELECT RAISE(ABORT, 'code_claims_no_overlap'); END;
CREATE TRIGGER code_claims_no_overlap_update BEFORE UPDATE ON code_claims WHEN EXISTS (SELECT 1 FROM code_claims WHERE site = NEW.site AND door = NEW.door AND code_key = NEW.code_key AND owner <> NEW.owner AND starts < NEW.ends AND ends > NEW.starts) BEGIN SELECT RAISE(ABORT, 'code_claims_no_overlap'); END;
CREATE INDEX ix_codes_owner ON codes (owner);
CREATE INDEX ix_holders_name_key ON holders (name_key);
CREATE UNIQUE INDEX uq_holders_card_tag ON holders (card_tag) WHERE ended_at IS NULL;
CREATE INDEX ix_offline_codes_booking_id ON offline_codes (booking_id);
CREATE INDEX ix_offline_codes_site_ends ON offline_codes (site, ends);
CREATE INDEX ix_edge_alerts_site_id ON edge_alerts (site, id);
CREATE INDEX ix_merges_from_party ON merges (from_party);
CREATE INDEX ix_merges_into_party ON merges (into_party);
CREATE INDEX ix_bounced_addresses_party ON bounced_addresses (party);
CREATE INDEX ix_certificates_site_edge ON certificates (site, edge);
CREATE INDEX ix_revocations_site_edge_at ON revocations (site, edge, at);
CREATE INDEX ix_plans_compiled_at ON plans (compiled_at);
CREATE INDEX ix_commands_site_id ON commands (site, id);
CREATE INDEX ix_idempotency_claimed_at ON idempotency (claimed_at);
CREATE INDEX ix_user_accounts_user_id ON user_accounts (user_id);
CREATE INDEX ix_passkeys_user_id ON passkeys (user_id);
CREATE INDEX ix_pending_sign_ins_expires_at ON pending_sign_ins (expires_at);
CREATE INDEX ix_pending_sign_ins_user_id ON pending_sign_ins (user_id);
CREATE INDEX ix_assignments_party ON assignments (party);
CREATE INDEX ix_assignments_user_id ON assignments (user_id);
CREATE INDEX ix_assignments_site ON assignments (site);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_memberships_member ON memberships (member);
CREATE INDEX ix_account_mails_made_at ON account_mails (made_at);
CREATE INDEX ix_account_mails_asker ON account_mails (asker_digest, made_at);
CREATE INDEX ix_account_mails_invitation_id ON account_mails (invitation_id);
CREATE INDEX ix_account_mails_address ON account_mails (address_digest, made_at);
CREATE INDEX ix_account_mails_user_id ON account_mails (user_id);
CREATE INDEX ix_account_mails_due ON account_mails (due_at) WHERE state = 'waiting';
CREATE INDEX ix_invitations_expires_at ON invitations (expires_at);
CREATE INDEX ix_invitations_party ON invitations (party);
CREATE INDEX ix_invitations_inviter_id ON invitations (inviter_id);
CREATE INDEX ix_invitations_address ON invitations (address_digest);
CREATE INDEX ix_new_codes_site_id ON new_codes (site, id);
CREATE INDEX ix_holder_places_site ON holder_places (site);
CREATE INDEX ix_events_site_kind_id ON events (site, kind, id);
CREATE INDEX ix_quarantine_log_id_digest ON quarantine (log_id, digest);
CREATE INDEX ix_quarantine_site_id ON quarantine (site, id);
CREATE INDEX ix_outages_site_starts ON outages (site, starts);
CREATE INDEX ix_recounts_site_day ON recounts (site, day);
CREATE INDEX ix_closures_site_ends ON closures (site, ends);
CREATE INDEX ix_party_documents_party ON party_documents (party);
CREATE INDEX ix_party_documents_valid_until ON party_documents (valid_until);
CREATE INDEX ix_safeguarding_review_on ON safeguarding (review_on);
CREATE INDEX ix_induction_results_member ON induction_results (member);
CREATE INDEX ix_induction_results_user_id ON induction_results (user_id);
CREATE INDEX ix_induction_results_valid_until ON induction_results (valid_until);
CREATE INDEX ix_induction_results_site ON induction_results (site, id);
CREATE INDEX ix_induction_results_party ON induction_results (party);
CREATE INDEX ix_subscriptions_party ON subscriptions (party);
CREATE INDEX ix_subscriptions_user_id ON subscriptions (user_id);
CREATE INDEX ix_subscriptions_owner_party ON subscriptions (owner_party);
CREATE INDEX ix_notices_party ON notices (party);
CREATE INDEX ix_notices_site ON notices (site, id);
CREATE UNIQUE INDEX uq_notices_waiting ON notices (about, contact_address) WHERE state = 'waiting';
CREATE INDEX ix_notices_due ON notices (channel, due_at) WHERE state = 'waiting';
CREATE INDEX ix_notices_about ON notices (about);
CREATE INDEX ix_notice_digests_next_at ON notice_digests (next_at);
CREATE INDEX ix_overrides_site_ends ON overrides (site, ends);
CREATE INDEX ix_restored_site_ends ON restored (site, ends);
CREATE INDEX ix_series_party ON series (party);
CREATE INDEX ix_feeds_next_at ON feeds (next_at);
CREATE INDEX ix_enrolment_tokens_site_edge ON enrolment_tokens (site, edge);
CREATE UNIQUE INDEX uq_edge_keys_public_key ON edge_keys (public_key);
CREATE INDEX ix_override_doors_site_door ON override_doors (site, door);
CREATE INDEX ix_restored_pieces_site_edge_ends ON restored_pieces (site, edge, ends);
CREATE INDEX ix_bookings_series_id ON bookings (series_id);
CREATE INDEX ix_bookings_site_let_in_at ON bookings (site, let_in_at);
CREATE INDEX ix_bookings_party_starts ON bookings (party, starts);
CREATE INDEX ix_bookings_open ON bookings (site, starts) WHERE state IN ('requested', 'held');
CREATE INDEX ix_bookings_site_starts ON bookings (site, starts);
CREATE INDEX ix_grants_booking_id ON grants (booking_id);
CREATE INDEX ix_grants_lingering ON grants (site) WHERE ended_at IS NOT NULL AND off_at IS NULL;
CREATE INDEX ix_grants_site_door_ends ON grants (site, door, ends);
CREATE INDEX ix_grants_missing ON grants (starts) WHERE ended_at IS NULL AND on_at IS NULL;
CREATE INDEX ix_claims_atom_starts ON claims (atom, starts, ends, space, layout, setup_min, cleardown_min);
CREATE TRIGGER claims_no_overlap_insert BEFORE INSERT ON claims WHEN EXISTS (SELECT 1 FROM claims WHERE atom = NEW.atom AND starts > NEW.starts - 2678400000000 AND booking_id <> NEW.booking_id AND starts < NEW.ends AND ends > NEW.starts) BEGIN SELECT RAISE(ABORT, 'claims_no_overlap'); END;
CREATE TRIGGER claims_no_overlap_update BEFORE UPDATE ON claims WHEN EXISTS (SELECT 1 FROM claims WHERE atom = NEW.atom AND starts > NEW.starts - 2678400000000 AND booking_id <> NEW.booking_id AND starts < NEW.ends AND ends > NEW.starts) BEGIN SELECT RAISE(ABORT, 'claims_no_overlap'); END;
CREATE INDEX ix_pool_claims_pool_starts ON pool_claims (pool, starts, ends);
CREATE INDEX ix_equipment_claims_equipment_starts ON equipment_claims (equipment, starts, ends);
CREATE INDEX ix_booking_log_booking_id ON booking_log (booking_id);
CREATE INDEX ix_impacts_site ON impacts (site);
CREATE INDEX ix_waits_booking ON waits (booking);
CREATE INDEX ix_waits_party ON waits (party);
CREATE INDEX ix_waits_site_state ON waits (site, state);
CREATE INDEX ix_sheet_rows_booking_id ON sheet_rows (booking_id);
CREATE UNIQUE INDEX uq_quotes_live ON quotes (booking_id) WHERE superseded_at IS NULL;
CREATE INDEX ix_imported_booking_id ON imported (booking_id);
CREATE INDEX ix_told_door_trouble ON told (ends) WHERE door_trouble <> '';
CREATE INDEX ix_told_held ON told (booking_id) WHERE status = 'held';
CREATE INDEX ix_told_to_remind ON told (starts) WHERE status = 'confirmed' AND NOT reminded;
CREATE INDEX ix_hire_requests_site ON hire_requests (site, made_at);
CREATE INDEX ix_hire_requests_party ON hire_requests (party);
CREATE INDEX ix_allowance_uses_site_party ON allowance_uses (site, party);
COMMIT;
