-- The tables of the first release on PostgreSQL. Never changed: tests upgrade them.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE code_claims (
	grant_id VARCHAR(36) NOT NULL,
	owner VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	code_key BYTEA NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_code_claims PRIMARY KEY (grant_id),
	CONSTRAINT ck_code_claims_window CHECK (ends > starts)
);

CREATE INDEX ix_code_claims_owner ON code_claims (owner);

CREATE INDEX ix_code_claims_site_code_key ON code_claims (site, code_key);

ALTER TABLE code_claims ADD CONSTRAINT code_claims_no_overlap EXCLUDE USING gist (site WITH =, door WITH =, code_key WITH =, owner WITH <>, tstzrange(starts, ends) WITH &&);

CREATE TABLE codes (
	booking_id VARCHAR(36) NOT NULL,
	door VARCHAR(40) DEFAULT '' NOT NULL,
	owner VARCHAR(36) NOT NULL,
	sealed BYTEA NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_codes PRIMARY KEY (booking_id, door)
);

CREATE INDEX ix_codes_owner ON codes (owner);

CREATE TABLE holders (
	id VARCHAR(36) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name VARCHAR(200) NOT NULL,
	name_key VARCHAR(600) DEFAULT '' NOT NULL,
	first DATE NOT NULL,
	last DATE,
	hours TEXT NOT NULL,
	hold_s DOUBLE PRECISION,
	code BYTEA,
	card BYTEA,
	pin BYTEA,
	duress_code BYTEA,
	duress_pin BYTEA,
	card_tag BYTEA,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(200) NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(200) NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_why VARCHAR(2000) DEFAULT '' NOT NULL,
	version INTEGER NOT NULL,
	CONSTRAINT pk_holders PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_holders_card_tag ON holders (card_tag) WHERE ended_at IS NULL;

CREATE INDEX ix_holders_name_key ON holders (name_key);

CREATE TABLE members (
	id VARCHAR(36) NOT NULL,
	number_tag BYTEA NOT NULL,
	number BYTEA NOT NULL,
	card BYTEA NOT NULL,
	card_tag BYTEA NOT NULL,
	pin BYTEA,
	born DATE,
	expires DATE,
	suspended BOOLEAN DEFAULT false NOT NULL,
	suspended_until DATE,
	source VARCHAR(10) NOT NULL,
	checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revision INTEGER NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_members PRIMARY KEY (id),
	CONSTRAINT uq_members_number_tag UNIQUE (number_tag),
	CONSTRAINT uq_members_card_tag UNIQUE (card_tag)
);

CREATE TABLE offline_codes (
	id VARCHAR(36) NOT NULL,
	booking_id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	quarters INTEGER NOT NULL,
	slot INTEGER NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
	issued_by VARCHAR(200) NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_offline_codes PRIMARY KEY (id),
	CONSTRAINT uq_offline_codes_site_door_starts_quarters_slot UNIQUE (site, door, starts, quarters, slot)
);

CREATE INDEX ix_offline_codes_booking_id ON offline_codes (booking_id);

CREATE INDEX ix_offline_codes_site_ends ON offline_codes (site, ends);

CREATE TABLE users (
	id VARCHAR(36) NOT NULL,
	name VARCHAR(200) NOT NULL,
	name_key VARCHAR(600) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	role VARCHAR(10) DEFAULT 'admin' NOT NULL,
	sites TEXT,
	party VARCHAR(40),
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_users PRIMARY KEY (id),
	CONSTRAINT uq_users_name_key UNIQUE (name_key)
);

CREATE TABLE sign_in_failures (
	key BYTEA NOT NULL,
	failures INTEGER NOT NULL,
	last_at TIMESTAMP WITH TIME ZONE NOT NULL,
	blocked_until TIMESTAMP WITH TIME ZONE NOT NULL,
	kept_until TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_sign_in_failures PRIMARY KEY (key)
);

CREATE INDEX ix_sign_in_failures_kept_until ON sign_in_failures (kept_until);

CREATE TABLE parties (
	id VARCHAR(40) NOT NULL,
	kind VARCHAR(12) NOT NULL,
	name VARCHAR(200) NOT NULL,
	name_key VARCHAR(600) NOT NULL,
	tier VARCHAR(10),
	organisation VARCHAR(40),
	responsible VARCHAR(40),
	site VARCHAR(40),
	contact_name VARCHAR(200) NOT NULL,
	contact_phone VARCHAR(200) NOT NULL,
	contact_email VARCHAR(200) NOT NULL,
	notes VARCHAR(2000) NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	forgotten_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(200) NOT NULL,
	CONSTRAINT pk_parties PRIMARY KEY (id),
	CONSTRAINT fk_parties_organisation FOREIGN KEY(organisation) REFERENCES parties (id),
	CONSTRAINT fk_parties_responsible FOREIGN KEY(responsible) REFERENCES parties (id)
);

CREATE INDEX ix_parties_site ON parties (site);

CREATE INDEX ix_parties_organisation ON parties (organisation);

CREATE INDEX ix_parties_responsible ON parties (responsible);

CREATE TABLE writes (
	id BIGSERIAL NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(200) NOT NULL,
	act VARCHAR(40) NOT NULL,
	site VARCHAR(40),
	thing VARCHAR(200) NOT NULL,
	CONSTRAINT pk_writes PRIMARY KEY (id)
);

CREATE INDEX ix_writes_site_at ON writes (site, at);

CREATE TABLE pool_quarters (
	pool VARCHAR(81) NOT NULL,
	quarter TIMESTAMP WITH TIME ZONE NOT NULL,
	size INTEGER NOT NULL,
	taken INTEGER NOT NULL,
	CONSTRAINT pk_pool_quarters PRIMARY KEY (pool, quarter),
	CONSTRAINT ck_pool_quarters_taken CHECK (taken BETWEEN 0 AND size)
);

CREATE TABLE certificates (
	serial VARCHAR(40) NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	public_key BYTEA NOT NULL,
	pem TEXT NOT NULL,
	issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_certificates PRIMARY KEY (serial)
);

CREATE INDEX ix_certificates_site_edge ON certificates (site, edge);

CREATE TABLE revocations (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(200) NOT NULL,
	reason TEXT NOT NULL,
	told TEXT NOT NULL,
	CONSTRAINT pk_revocations PRIMARY KEY (id)
);

CREATE INDEX ix_revocations_site_edge_at ON revocations (site, edge, at);

CREATE TABLE key_files (
	name VARCHAR(40) NOT NULL,
	fingerprint BYTEA NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_key_files PRIMARY KEY (name, fingerprint)
);

CREATE TABLE sites (
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	zone VARCHAR(64) NOT NULL,
	address VARCHAR(200) NOT NULL,
	phone VARCHAR(200) NOT NULL,
	latitude DOUBLE PRECISION,
	longitude DOUBLE PRECISION,
	organisation VARCHAR(40),
	revision INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_sites PRIMARY KEY (id)
);

CREATE TABLE plan_parts (
	digest VARCHAR(64) NOT NULL,
	size INTEGER NOT NULL,
	packed BYTEA NOT NULL,
	CONSTRAINT pk_plan_parts PRIMARY KEY (digest)
);

CREATE TABLE plans (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	version BIGINT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	sealed BYTEA NOT NULL,
	compiled_at TIMESTAMP WITH TIME ZONE NOT NULL,
	horizon TIMESTAMP WITH TIME ZONE NOT NULL,
	grants INTEGER NOT NULL,
	applied_at TIMESTAMP WITH TIME ZONE,
	refused_at TIMESTAMP WITH TIME ZONE,
	why TEXT,
	CONSTRAINT pk_plans PRIMARY KEY (site, edge, version)
);

CREATE INDEX ix_plans_compiled_at ON plans (compiled_at);

CREATE TABLE commands (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	door VARCHAR(40),
	kind VARCHAR(40) NOT NULL,
	reason TEXT NOT NULL,
	actor VARCHAR(200) NOT NULL,
	issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	outcome VARCHAR(20),
	code VARCHAR(40),
	why TEXT,
	ended_at TIMESTAMP WITH TIME ZONE,
	args TEXT DEFAULT '{}' NOT NULL,
	CONSTRAINT pk_commands PRIMARY KEY (id)
);

CREATE INDEX ix_commands_site_id ON commands (site, id);

CREATE TABLE edge_states (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	online BOOLEAN NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	boot VARCHAR(36) NOT NULL,
	connection BIGINT NOT NULL,
	nonce VARCHAR(32) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	software VARCHAR(100) NOT NULL,
	trust VARCHAR(20) NOT NULL,
	applied_version BIGINT,
	applied_digest VARCHAR(64),
	head BIGINT NOT NULL,
	log VARCHAR(32),
	health TEXT NOT NULL,
	CONSTRAINT pk_edge_states PRIMARY KEY (site, edge)
);

CREATE TABLE refusals (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	reason VARCHAR(40) NOT NULL,
	number BIGINT NOT NULL,
	last_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_refusals PRIMARY KEY (site, edge, reason)
);

CREATE TABLE device_states (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	device VARCHAR(40) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	seq BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	state TEXT NOT NULL,
	CONSTRAINT pk_device_states PRIMARY KEY (site, edge, device)
);

CREATE TABLE event_logs (
	id BIGSERIAL NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	log VARCHAR(32) NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_event_logs PRIMARY KEY (id),
	CONSTRAINT uq_event_logs_site_edge_log UNIQUE (site, edge, log)
);

CREATE TABLE edge_runs (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	boot VARCHAR(36) NOT NULL,
	mono_ms BIGINT NOT NULL,
	earliest TIMESTAMP WITH TIME ZONE NOT NULL,
	latest TIMESTAMP WITH TIME ZONE NOT NULL,
	wrong_from TIMESTAMP WITH TIME ZONE,
	wrong_until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_edge_runs PRIMARY KEY (site, edge, boot)
);

CREATE TABLE door_marks (
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	text VARCHAR(300) NOT NULL,
	CONSTRAINT pk_door_marks PRIMARY KEY (site, door)
);

CREATE TABLE edge_alerts (
	id BIGSERIAL NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	text VARCHAR(500) NOT NULL,
	about VARCHAR(40) NOT NULL,
	CONSTRAINT pk_edge_alerts PRIMARY KEY (id)
);

CREATE INDEX ix_edge_alerts_site_id ON edge_alerts (site, id);

CREATE TABLE samples (
	site VARCHAR(40) NOT NULL,
	measurement VARCHAR(40) NOT NULL,
	device VARCHAR(40) NOT NULL,
	field VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	edge VARCHAR(40) NOT NULL,
	place VARCHAR(40),
	value DOUBLE PRECISION NOT NULL,
	CONSTRAINT pk_samples PRIMARY KEY (site, measurement, device, field, at, edge)
);

CREATE TABLE history_cursor (
	history VARCHAR(40) NOT NULL,
	event_id BIGINT NOT NULL,
	CONSTRAINT pk_history_cursor PRIMARY KEY (history)
);

CREATE TABLE readiness (
	id INTEGER NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_readiness PRIMARY KEY (id)
);

INSERT INTO readiness (id, at) VALUES (1, '2000-01-01 00:00:00+00:00');

CREATE TABLE idempotency (
	actor VARCHAR(200) NOT NULL,
	key VARCHAR(200) NOT NULL,
	fingerprint BYTEA NOT NULL,
	rights BYTEA NOT NULL,
	claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	answer BYTEA,
	CONSTRAINT pk_idempotency PRIMARY KEY (actor, key)
);

CREATE INDEX ix_idempotency_claimed_at ON idempotency (claimed_at);

CREATE TABLE new_codes (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(200) NOT NULL,
	why TEXT NOT NULL,
	edge VARCHAR(40),
	holder VARCHAR(36),
	bookings INTEGER NOT NULL,
	doors TEXT NOT NULL,
	CONSTRAINT pk_new_codes PRIMARY KEY (id),
	CONSTRAINT fk_new_codes_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_new_codes_site_id ON new_codes (site, id);

CREATE TABLE holder_places (
	holder VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	CONSTRAINT pk_holder_places PRIMARY KEY (holder, site, door),
	CONSTRAINT fk_holder_places_holder FOREIGN KEY(holder) REFERENCES holders (id),
	CONSTRAINT fk_holder_places_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_holder_places_site ON holder_places (site);

CREATE TABLE inductions (
	member VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	day DATE NOT NULL,
	by VARCHAR(200) NOT NULL,
	CONSTRAINT pk_inductions PRIMARY KEY (member, site),
	CONSTRAINT fk_inductions_member FOREIGN KEY(member) REFERENCES members (id)
);

CREATE TABLE sessions (
	token_hash BYTEA NOT NULL,
	user_id VARCHAR(36) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);

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

CREATE INDEX ix_memberships_member ON memberships (member);

CREATE TABLE policies (
	site VARCHAR(40) NOT NULL,
	document TEXT NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(200) NOT NULL,
	CONSTRAINT pk_policies PRIMARY KEY (site),
	CONSTRAINT fk_policies_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE tariffs (
	site VARCHAR(40) NOT NULL,
	version INTEGER NOT NULL,
	document TEXT NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(200) NOT NULL,
	CONSTRAINT pk_tariffs PRIMARY KEY (site, version),
	CONSTRAINT fk_tariffs_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE subscriptions (
	id VARCHAR(36) NOT NULL,
	token_hash BYTEA NOT NULL,
	name VARCHAR(200) NOT NULL,
	shows VARCHAR(10) NOT NULL,
	site VARCHAR(40),
	space VARCHAR(40),
	party VARCHAR(40),
	owner_party VARCHAR(40),
	only_sites TEXT,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_subscriptions PRIMARY KEY (id),
	CONSTRAINT uq_subscriptions_token_hash UNIQUE (token_hash),
	CONSTRAINT fk_subscriptions_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_subscriptions_created_by ON subscriptions (created_by);

CREATE TABLE edges (
	site VARCHAR(40) NOT NULL,
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	CONSTRAINT pk_edges PRIMARY KEY (site, id),
	CONSTRAINT fk_edges_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE old_secrets (
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	name VARCHAR(16) NOT NULL,
	secret BYTEA NOT NULL,
	offline BYTEA,
	since TIMESTAMP WITH TIME ZONE,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_old_secrets PRIMARY KEY (site, door, name),
	CONSTRAINT fk_old_secrets_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE spaces (
	site VARCHAR(40) NOT NULL,
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	capacity INTEGER,
	floor_area_m2 DOUBLE PRECISION,
	kind VARCHAR(10) DEFAULT 'room' NOT NULL,
	pool_size INTEGER,
	floor VARCHAR(40),
	description VARCHAR(2000) DEFAULT '' NOT NULL,
	step_free BOOLEAN DEFAULT false NOT NULL,
	noise VARCHAR(10) DEFAULT 'any' NOT NULL,
	setup_min INTEGER DEFAULT '0' NOT NULL,
	cleardown_min INTEGER DEFAULT '0' NOT NULL,
	changeover_min INTEGER DEFAULT '0' NOT NULL,
	share_buffers BOOLEAN DEFAULT true NOT NULL,
	default_layout VARCHAR(40),
	bookable BOOLEAN DEFAULT true NOT NULL,
	CONSTRAINT pk_spaces PRIMARY KEY (site, id),
	CONSTRAINT ck_spaces_capacity CHECK (capacity >= 0),
	CONSTRAINT fk_spaces_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE floors (
	site VARCHAR(40) NOT NULL,
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	level INTEGER NOT NULL,
	CONSTRAINT pk_floors PRIMARY KEY (site, id),
	CONSTRAINT fk_floors_site FOREIGN KEY(site) REFERENCES sites (id)
);

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

CREATE TABLE site_hours (
	site VARCHAR(40) NOT NULL,
	timetable TEXT NOT NULL,
	terms TEXT NOT NULL,
	CONSTRAINT pk_site_hours PRIMARY KEY (site),
	CONSTRAINT fk_site_hours_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE TABLE closures (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	whole_days BOOLEAN NOT NULL,
	reason VARCHAR(200) NOT NULL,
	spaces TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(200) NOT NULL,
	CONSTRAINT pk_closures PRIMARY KEY (id),
	CONSTRAINT ck_closures_window CHECK (ends > starts),
	CONSTRAINT fk_closures_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_closures_site_ends ON closures (site, ends);

CREATE TABLE overrides (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	whole BOOLEAN NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	reason TEXT NOT NULL,
	actor VARCHAR(200) NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	ended_by VARCHAR(200),
	ended_why TEXT,
	CONSTRAINT pk_overrides PRIMARY KEY (id),
	CONSTRAINT ck_overrides_order CHECK (ends > starts),
	CONSTRAINT fk_overrides_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_overrides_site_ends ON overrides (site, ends);

CREATE TABLE restored (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	subject VARCHAR(100) NOT NULL,
	gone BOOLEAN NOT NULL,
	found_at TIMESTAMP WITH TIME ZONE NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	decision VARCHAR(10),
	decision_id VARCHAR(36),
	decided_at TIMESTAMP WITH TIME ZONE,
	decided_by VARCHAR(200),
	decided_why TEXT,
	CONSTRAINT pk_restored PRIMARY KEY (id),
	CONSTRAINT fk_restored_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_restored_site_ends ON restored (site, ends);

CREATE TABLE event_runs (
	log_id BIGINT NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	CONSTRAINT pk_event_runs PRIMARY KEY (log_id, first),
	CONSTRAINT ck_event_runs_order CHECK (last >= first),
	CONSTRAINT fk_event_runs_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE TABLE events (
	id BIGSERIAL NOT NULL,
	log_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	device VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	boot VARCHAR(36) NOT NULL,
	mono_ms BIGINT NOT NULL,
	trust VARCHAR(20) NOT NULL,
	data TEXT NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	learned_late BOOLEAN NOT NULL,
	told_at TIMESTAMP WITH TIME ZONE,
	error_s DOUBLE PRECISION,
	CONSTRAINT pk_events PRIMARY KEY (id),
	CONSTRAINT uq_events_log_id_seq UNIQUE (log_id, seq),
	CONSTRAINT fk_events_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE INDEX ix_events_site_kind_id ON events (site, kind, id);

CREATE TABLE quarantine (
	id BIGSERIAL NOT NULL,
	log_id BIGINT NOT NULL,
	seq BIGINT,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	reason VARCHAR(40) NOT NULL,
	why TEXT NOT NULL,
	raw BYTEA NOT NULL,
	digest VARCHAR(64) NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_quarantine PRIMARY KEY (id),
	CONSTRAINT uq_quarantine_log_id_seq UNIQUE (log_id, seq),
	CONSTRAINT fk_quarantine_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE INDEX ix_quarantine_log_id_digest ON quarantine (log_id, digest);

CREATE INDEX ix_quarantine_site_id ON quarantine (site, id);

CREATE TABLE holes (
	log_id BIGINT NOT NULL,
	first BIGINT NOT NULL,
	last BIGINT NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
	why VARCHAR(20) NOT NULL,
	CONSTRAINT pk_holes PRIMARY KEY (log_id, first),
	CONSTRAINT fk_holes_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE TABLE outages (
	log_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_outages PRIMARY KEY (log_id, seq),
	CONSTRAINT fk_outages_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE INDEX ix_outages_site_starts ON outages (site, starts);

CREATE TABLE counter_days (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	counter VARCHAR(40) NOT NULL,
	day DATE NOT NULL,
	log_id BIGINT NOT NULL,
	door VARCHAR(40),
	base_ins BIGINT NOT NULL,
	base_outs BIGINT NOT NULL,
	top_ins BIGINT NOT NULL,
	top_outs BIGINT NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_counter_days PRIMARY KEY (site, edge, counter, day, log_id),
	CONSTRAINT fk_counter_days_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE TABLE recounts (
	log_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	counter VARCHAR(40) NOT NULL,
	day DATE NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	inside BIGINT NOT NULL,
	total_ins BIGINT NOT NULL,
	total_outs BIGINT NOT NULL,
	CONSTRAINT pk_recounts PRIMARY KEY (log_id, seq),
	CONSTRAINT fk_recounts_log_id FOREIGN KEY(log_id) REFERENCES event_logs (id)
);

CREATE INDEX ix_recounts_site_day ON recounts (site, day);

CREATE TABLE series (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	title VARCHAR(200) NOT NULL,
	party VARCHAR(40),
	details TEXT DEFAULT '{}' NOT NULL,
	pattern TEXT DEFAULT '{}' NOT NULL,
	follows VARCHAR(36),
	imported BOOLEAN DEFAULT false NOT NULL,
	code_owner VARCHAR(36),
	cancelled_at TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE,
	changed_by VARCHAR(200) DEFAULT '' NOT NULL,
	version INTEGER DEFAULT '1' NOT NULL,
	CONSTRAINT pk_series PRIMARY KEY (id),
	CONSTRAINT fk_series_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);

CREATE TABLE feeds (
	site VARCHAR(40) NOT NULL,
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	space VARCHAR(40) NOT NULL,
	party VARCHAR(40),
	address BYTEA NOT NULL,
	every_min INTEGER NOT NULL,
	etag VARCHAR(200) DEFAULT '' NOT NULL,
	modified VARCHAR(100) DEFAULT '' NOT NULL,
	next_at TIMESTAMP WITH TIME ZONE NOT NULL,
	asked_at TIMESTAMP WITH TIME ZONE,
	read_at TIMESTAMP WITH TIME ZONE,
	fresh_at TIMESTAMP WITH TIME ZONE,
	failures INTEGER DEFAULT '0' NOT NULL,
	came_empty BOOLEAN DEFAULT false NOT NULL,
	status VARCHAR(10) DEFAULT 'new' NOT NULL,
	report TEXT DEFAULT '{}' NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	version INTEGER NOT NULL,
	CONSTRAINT pk_feeds PRIMARY KEY (site, id),
	CONSTRAINT fk_feeds_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id),
	CONSTRAINT ck_feeds_every_min CHECK (every_min >= 5)
);

CREATE INDEX ix_feeds_next_at ON feeds (next_at);

CREATE TABLE enrolment_tokens (
	id VARCHAR(32) NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	sealed BYTEA NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(200) NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	used_at TIMESTAMP WITH TIME ZONE,
	used_by BYTEA,
	CONSTRAINT pk_enrolment_tokens PRIMARY KEY (id),
	CONSTRAINT fk_enrolment_tokens_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);

CREATE INDEX ix_enrolment_tokens_site_edge ON enrolment_tokens (site, edge);

CREATE TABLE edge_keys (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	public_key BYTEA NOT NULL,
	box BYTEA NOT NULL,
	state VARCHAR(10) NOT NULL,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	retired_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_edge_keys PRIMARY KEY (site, edge, public_key),
	CONSTRAINT fk_edge_keys_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX uq_edge_keys_public_key ON edge_keys (public_key);

CREATE TABLE edge_identities (
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	version BIGINT NOT NULL,
	controller_kids TEXT NOT NULL,
	held BIGINT DEFAULT '0' NOT NULL,
	held_kids TEXT NOT NULL,
	renew BOOLEAN DEFAULT false NOT NULL,
	CONSTRAINT pk_edge_identities PRIMARY KEY (site, edge),
	CONSTRAINT fk_edge_identities_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id) ON DELETE CASCADE
);

CREATE TABLE doors (
	site VARCHAR(40) NOT NULL,
	id VARCHAR(40) NOT NULL,
	name VARCHAR(200) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	hold_s DOUBLE PRECISION NOT NULL,
	held_after_s DOUBLE PRECISION NOT NULL,
	counter VARCHAR(40),
	code_length INTEGER DEFAULT '6' NOT NULL,
	passback VARCHAR(4) DEFAULT 'off' NOT NULL,
	secret BYTEA NOT NULL,
	offline BYTEA,
	next_secret BYTEA,
	next_offline BYTEA,
	CONSTRAINT pk_doors PRIMARY KEY (site, id),
	CONSTRAINT fk_doors_site_edge FOREIGN KEY(site, edge) REFERENCES edges (site, id),
	CONSTRAINT fk_doors_site FOREIGN KEY(site) REFERENCES sites (id)
);

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

CREATE TABLE changeovers (
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	from_layout VARCHAR(40) NOT NULL,
	to_layout VARCHAR(40) NOT NULL,
	minutes INTEGER NOT NULL,
	CONSTRAINT pk_changeovers PRIMARY KEY (site, space, from_layout, to_layout),
	CONSTRAINT fk_changeovers_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);

CREATE TABLE space_parts (
	site VARCHAR(40) NOT NULL,
	whole VARCHAR(40) NOT NULL,
	part VARCHAR(40) NOT NULL,
	CONSTRAINT pk_space_parts PRIMARY KEY (site, whole, part),
	CONSTRAINT fk_space_parts_site_whole FOREIGN KEY(site, whole) REFERENCES spaces (site, id),
	CONSTRAINT fk_space_parts_site_part FOREIGN KEY(site, part) REFERENCES spaces (site, id),
	CONSTRAINT ck_space_parts_apart CHECK (whole <> part)
);

CREATE TABLE space_amenities (
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	amenity VARCHAR(40) NOT NULL,
	CONSTRAINT pk_space_amenities PRIMARY KEY (site, space, amenity),
	CONSTRAINT fk_space_amenities_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id)
);

CREATE TABLE space_hours (
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	windows TEXT NOT NULL,
	CONSTRAINT pk_space_hours PRIMARY KEY (site, space),
	CONSTRAINT fk_space_hours_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id) ON DELETE CASCADE
);

CREATE TABLE override_doors (
	override VARCHAR(36) NOT NULL,
	door VARCHAR(40) NOT NULL,
	site VARCHAR(40) NOT NULL,
	on_version BIGINT,
	on_at TIMESTAMP WITH TIME ZONE,
	off_version BIGINT,
	off_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_override_doors PRIMARY KEY (override, door),
	CONSTRAINT fk_override_doors_override FOREIGN KEY(override) REFERENCES overrides (id)
);

CREATE INDEX ix_override_doors_site_door ON override_doors (site, door);

CREATE TABLE restored_pieces (
	entry VARCHAR(36) NOT NULL,
	number INTEGER NOT NULL,
	site VARCHAR(40) NOT NULL,
	edge VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	part BYTEA NOT NULL,
	CONSTRAINT pk_restored_pieces PRIMARY KEY (entry, number),
	CONSTRAINT fk_restored_pieces_entry FOREIGN KEY(entry) REFERENCES restored (id)
);

CREATE INDEX ix_restored_pieces_site_edge_ends ON restored_pieces (site, edge, ends);

CREATE TABLE grants (
	id VARCHAR(36) NOT NULL,
	booking_id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	code_key BYTEA NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	hold_s DOUBLE PRECISION,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	on_version BIGINT,
	on_at TIMESTAMP WITH TIME ZONE,
	off_version BIGINT,
	off_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_grants PRIMARY KEY (id),
	CONSTRAINT fk_grants_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id),
	CONSTRAINT ck_grants_window CHECK (ends > starts)
);

CREATE INDEX ix_grants_site_door_ends ON grants (site, door, ends);

CREATE INDEX ix_grants_lingering ON grants (site) WHERE ended_at IS NOT NULL AND off_at IS NULL;

CREATE INDEX ix_grants_booking_id ON grants (booking_id);

CREATE TABLE bookings (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	series_id VARCHAR(36),
	title VARCHAR(200) NOT NULL,
	contact_name VARCHAR(200) NOT NULL,
	contact_phone VARCHAR(200) NOT NULL,
	people INTEGER,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	state VARCHAR(12) DEFAULT 'confirmed' NOT NULL,
	state_at TIMESTAMP WITH TIME ZONE,
	held_until TIMESTAMP WITH TIME ZONE,
	state_before VARCHAR(12),
	ends_before TIMESTAMP WITH TIME ZONE,
	party VARCHAR(40),
	contact_email VARCHAR(200) DEFAULT '' NOT NULL,
	key_holder VARCHAR(200) DEFAULT '' NOT NULL,
	under_16s BOOLEAN DEFAULT false NOT NULL,
	public BOOLEAN DEFAULT false NOT NULL,
	notes VARCHAR(2000) DEFAULT '' NOT NULL,
	layout VARCHAR(40),
	seats INTEGER,
	equipment VARCHAR(2000) DEFAULT '{}' NOT NULL,
	setup_min INTEGER,
	cleardown_min INTEGER,
	overruled BOOLEAN DEFAULT false NOT NULL,
	occurrence VARCHAR(19),
	changed_here VARCHAR(200) DEFAULT '' NOT NULL,
	diary VARCHAR(200) DEFAULT '' NOT NULL,
	arrived_how VARCHAR(10) DEFAULT '' NOT NULL,
	release_warned_at TIMESTAMP WITH TIME ZONE,
	let_in_at TIMESTAMP WITH TIME ZONE,
	let_in_door VARCHAR(40),
	arrived_at TIMESTAMP WITH TIME ZONE,
	counted_in BIGINT NOT NULL,
	maybe_in BIGINT DEFAULT '0' NOT NULL,
	link_hash BYTEA NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(200) NOT NULL,
	version INTEGER NOT NULL,
	CONSTRAINT pk_bookings PRIMARY KEY (id),
	CONSTRAINT fk_bookings_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id),
	CONSTRAINT ck_bookings_window CHECK (ends > starts),
	CONSTRAINT ck_bookings_counted_in CHECK (counted_in >= 0),
	CONSTRAINT fk_bookings_series_id FOREIGN KEY(series_id) REFERENCES series (id),
	CONSTRAINT uq_bookings_link_hash UNIQUE (link_hash)
);

CREATE INDEX ix_bookings_party_starts ON bookings (party, starts);

CREATE INDEX ix_bookings_site_starts ON bookings (site, starts);

CREATE INDEX ix_bookings_open ON bookings (site, starts) WHERE state IN ('requested', 'held');

CREATE INDEX ix_bookings_site_let_in_at ON bookings (site, let_in_at);

CREATE INDEX ix_bookings_series_id ON bookings (series_id);

CREATE TABLE space_doors (
	site VARCHAR(40) NOT NULL,
	space VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	CONSTRAINT pk_space_doors PRIMARY KEY (site, space, door),
	CONSTRAINT fk_space_doors_site_space FOREIGN KEY(site, space) REFERENCES spaces (site, id),
	CONSTRAINT fk_space_doors_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id)
);

CREATE TABLE free_doors (
	site VARCHAR(40) NOT NULL,
	door VARCHAR(40) NOT NULL,
	CONSTRAINT pk_free_doors PRIMARY KEY (site, door),
	CONSTRAINT fk_free_doors_site_door FOREIGN KEY(site, door) REFERENCES doors (site, id)
);

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE claims (
	booking_id VARCHAR(36) NOT NULL,
	atom VARCHAR(81) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	space VARCHAR(40) DEFAULT '' NOT NULL,
	layout VARCHAR(40) DEFAULT '' NOT NULL,
	setup_min INTEGER DEFAULT '0' NOT NULL,
	cleardown_min INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_claims PRIMARY KEY (booking_id, atom),
	CONSTRAINT ck_claims_window CHECK (ends > starts),
	CONSTRAINT fk_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id),
	CONSTRAINT ck_claims_length CHECK (ends <= starts + interval '744 hours')
);

CREATE INDEX ix_claims_atom_starts ON claims (atom, starts, ends, space, layout, setup_min, cleardown_min);

ALTER TABLE claims ADD CONSTRAINT claims_no_overlap EXCLUDE USING gist (atom WITH =, tstzrange(starts, ends) WITH &&);

CREATE TABLE pool_claims (
	booking_id VARCHAR(36) NOT NULL,
	pool VARCHAR(81) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	seats INTEGER NOT NULL,
	CONSTRAINT pk_pool_claims PRIMARY KEY (booking_id, pool),
	CONSTRAINT fk_pool_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);

CREATE INDEX ix_pool_claims_pool_starts ON pool_claims (pool, starts, ends);

CREATE TABLE equipment_claims (
	booking_id VARCHAR(36) NOT NULL,
	equipment VARCHAR(81) NOT NULL,
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	count INTEGER NOT NULL,
	CONSTRAINT pk_equipment_claims PRIMARY KEY (booking_id, equipment),
	CONSTRAINT fk_equipment_claims_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);

CREATE INDEX ix_equipment_claims_equipment_starts ON equipment_claims (equipment, starts, ends);

CREATE TABLE booking_log (
	id BIGSERIAL NOT NULL,
	booking_id VARCHAR(36) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(200) NOT NULL,
	what VARCHAR(40) NOT NULL,
	why VARCHAR(2000) NOT NULL,
	CONSTRAINT pk_booking_log PRIMARY KEY (id),
	CONSTRAINT fk_booking_log_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);

CREATE INDEX ix_booking_log_booking_id ON booking_log (booking_id);

CREATE TABLE impacts (
	booking_id VARCHAR(36) NOT NULL,
	cause VARCHAR(10) NOT NULL,
	site VARCHAR(40) NOT NULL,
	text VARCHAR(2000) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(200) NOT NULL,
	kept_at TIMESTAMP WITH TIME ZONE,
	kept_by VARCHAR(200),
	CONSTRAINT pk_impacts PRIMARY KEY (booking_id, cause),
	CONSTRAINT fk_impacts_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id),
	CONSTRAINT fk_impacts_site FOREIGN KEY(site) REFERENCES sites (id)
);

CREATE INDEX ix_impacts_site ON impacts (site);

CREATE TABLE waits (
	id VARCHAR(36) NOT NULL,
	site VARCHAR(40) NOT NULL,
	party VARCHAR(40),
	starts TIMESTAMP WITH TIME ZONE NOT NULL,
	ends TIMESTAMP WITH TIME ZONE NOT NULL,
	asked TEXT NOT NULL,
	spaces VARCHAR(2000) NOT NULL,
	state VARCHAR(12) NOT NULL,
	state_at TIMESTAMP WITH TIME ZONE NOT NULL,
	offered_until TIMESTAMP WITH TIME ZONE,
	booking VARCHAR(36),
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(200) NOT NULL,
	turn BIGINT NOT NULL,
	CONSTRAINT pk_waits PRIMARY KEY (id),
	CONSTRAINT fk_waits_site FOREIGN KEY(site) REFERENCES sites (id),
	CONSTRAINT fk_waits_booking FOREIGN KEY(booking) REFERENCES bookings (id)
);

CREATE INDEX ix_waits_site_state ON waits (site, state);

CREATE INDEX ix_waits_booking ON waits (booking);

CREATE TABLE sheet_rows (
	site VARCHAR(40) NOT NULL,
	reference VARCHAR(200) NOT NULL,
	booking_id VARCHAR(36) NOT NULL,
	fingerprint BYTEA NOT NULL,
	CONSTRAINT pk_sheet_rows PRIMARY KEY (site, reference),
	CONSTRAINT fk_sheet_rows_site FOREIGN KEY(site) REFERENCES sites (id),
	CONSTRAINT fk_sheet_rows_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);

CREATE INDEX ix_sheet_rows_booking_id ON sheet_rows (booking_id);

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
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(200) NOT NULL,
	superseded_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_quotes PRIMARY KEY (id),
	CONSTRAINT uq_quotes_booking_id_number UNIQUE (booking_id, number),
	CONSTRAINT fk_quotes_booking_id FOREIGN KEY(booking_id) REFERENCES bookings (id)
);

CREATE UNIQUE INDEX uq_quotes_live ON quotes (booking_id) WHERE superseded_at IS NULL;

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

CREATE INDEX ix_imported_booking_id ON imported (booking_id);

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

CREATE INDEX ix_allowance_uses_site_party ON allowance_uses (site, party);

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

INSERT INTO alembic_version (version_num) VALUES ('0001');
