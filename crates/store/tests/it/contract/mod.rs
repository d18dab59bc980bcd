//! The contract of `identity::ports::Store`: written once, held by every engine.
//!
//! [`on`] is the table of the cases with the parts of the port each of them holds: a method, a change that is
//! applied, or a change and the conflict it misses with. A case that does not use what it declares fails, and so
//! does the port when one of its parts is declared by no case ([`ratchet`]).

mod audit;
mod commits;
mod master_key;
mod races;
mod ratchet;
mod sessions;
mod throttles;
mod users;

/// One test a case, each in a fresh database.
macro_rules! contract {
    ($engine:ident $($file:ident::$case:ident [$($part:literal)*])*) => {
        mod $engine {
            #[test]
            fn every_part_of_the_port_has_a_case() {
                super::ratchet::compare_with_the_port(&[$($($part),*),*]);
            }
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    let world = crate::world::$engine().await;
                    super::$file::$case(&world).await;
                    let used = world.parts();
                    let declared: &[&str] = &[$($part),*];
                    for part in declared {
                        assert!(used.contains(*part), "this case declares to hold {part} and never does it");
                    }
                }
            )*
        }
    };
}

macro_rules! on {
    ($engine:ident) => {
        contract! { $engine
            users::a_new_user_reads_back_as_given
                ["CreateUser" "user" "user_by_id" "user_by_name" "users" "credentials"]
            users::every_role_and_status_reads_back ["CreateUser" "user"]
            users::nobody_is_found_by_what_nobody_has
                ["user" "user_by_id" "user_by_name" "users" "credentials"]
            users::a_name_finds_its_user_in_any_spelling ["user_by_name" "credentials"]
            users::a_username_that_is_the_address_is_claimed_once ["CreateUser" "user_by_name"]
            users::a_claimed_name_is_refused ["CreateUser/LoginNameTaken"]
            users::a_retired_name_is_refused ["CreateUser/LoginNameRetired" "DeleteUser"]
            users::an_id_is_given_out_once ["CreateUser"]
            users::numbers_are_never_reused ["CreateUser" "DeleteUser" "users"]
            users::users_are_paged_in_order_of_number ["users"]
            users::a_password_is_set_and_raises_the_version ["SetPassword" "credentials"]
            users::a_password_is_set_on_the_version_that_was_read ["SetPassword/UserChanged"]
            users::a_hash_is_renewed_where_it_is_still_the_one_that_was_read ["RenewHash" "credentials"]
            users::a_status_is_set_and_only_activation_keeps_the_version ["SetStatus" "user"]
            users::a_status_is_set_for_somebody ["SetStatus/UserChanged"]
            users::a_user_is_held_while_active_and_unchanged ["HoldUser" "HoldUser/UserChanged" "CreateUser"]
            users::a_deleted_user_is_wiped ["DeleteUser" "user" "user_by_id" "user_by_name" "users" "credentials"]
            users::a_user_is_deleted_once ["DeleteUser/UserChanged"]
            users::a_name_that_was_not_retired_is_free_again ["DeleteUser" "CreateUser"]

            sessions::a_session_reads_back_as_opened
                ["OpenSession" "session_by_digest" "session" "sessions"]
            sessions::nothing_is_found_by_what_opens_no_session ["session_by_digest" "session" "sessions"]
            sessions::opening_is_recorded_with_the_user ["OpenSession" "user"]
            sessions::only_an_active_user_with_the_version_read_opens_a_session ["OpenSession/UserChanged"]
            sessions::the_limit_counts_live_sessions_of_one_user_and_door
                ["OpenSession" "OpenSession/SessionLimit"]
            sessions::a_session_takes_the_place_of_another
                ["OpenSession" "OpenSession/SessionLimit" "OpenSession/UserChanged"]
            sessions::an_id_and_a_secret_open_one_session ["OpenSession"]
            sessions::a_session_is_ended_once ["EndSession" "EndSession/SessionEnded" "session"]
            sessions::every_reason_reads_back ["EndSession" "session"]
            sessions::all_sessions_of_a_user_are_ended ["EndSessions" "sessions"]
            sessions::the_sessions_of_one_door_are_ended ["EndSessions" "sessions"]
            sessions::all_sessions_but_one_are_ended ["EndSessions" "OpenSession/UserChanged"]
            sessions::nothing_in_flight_survives_the_end_of_all ["EndSessions" "OpenSession/UserChanged"]
            sessions::a_deleted_users_sessions_are_found_and_ended
                ["session_by_digest" "session" "sessions" "EndSessions" "DeleteUser"]
            sessions::a_use_moves_forward_and_never_back ["TouchSession" "session"]
            sessions::a_use_revives_nothing ["TouchSession" "session"]
            sessions::sessions_are_paged_by_age ["sessions"]
            sessions::a_session_lives_until_its_first_end ["sessions"]

            throttles::a_try_is_counted ["Reserve" "throttle"]
            throttles::a_try_is_counted_on_the_state_that_was_read ["Reserve/ThrottleChanged"]
            throttles::buckets_are_counted_apart ["Reserve" "throttle"]
            throttles::a_good_try_leaves_the_others_in_flight ["ReserveSucceeded" "throttle"]
            throttles::a_bad_try_stays_counted ["ReserveFailed" "throttle"]
            throttles::a_try_that_was_not_made_is_taken_back ["ReserveReleased" "throttle"]
            throttles::settling_is_seen_by_who_read_before
                ["ReserveSucceeded" "ReserveFailed" "ReserveReleased" "Reserve/ThrottleChanged"]
            throttles::settling_what_is_not_counted_does_nothing
                ["ReserveSucceeded" "ReserveFailed" "ReserveReleased" "throttle"]
            throttles::a_cleared_count_keeps_the_tries_in_flight ["ClearThrottle" "throttle"]
            throttles::old_counts_of_unknown_names_are_forgotten ["ForgetThrottles" "throttle"]

            audit::every_event_reads_back_as_recorded ["commit" "events"]
            audit::events_are_paged_in_order ["commit" "events"]

            master_key::the_check_value_is_recorded_once
                ["master_key_check" "RecordMasterKey" "RecordMasterKey/MasterKeyRecorded"]

            commits::a_commit_tells_rows_for_each_change ["commit"]
            commits::an_empty_commit_is_applied ["commit"]
            commits::a_null_character_in_a_text_is_replaced ["CreateUser"]
            commits::a_change_sees_the_ones_before_it ["commit" "CreateUser" "OpenSession"]
            commits::a_miss_undoes_what_was_before_it ["commit" "EndSession/SessionEnded"]
            commits::what_one_process_committed_the_other_reads_next ["commit" "users" "user" "events" "ping"]

            races::no_session_survives_a_suspension ["OpenSession" "SetStatus" "EndSessions"]
            races::no_session_survives_a_new_password ["OpenSession" "SetPassword" "EndSessions"]
            races::the_session_limit_holds ["OpenSession" "OpenSession/SessionLimit"]
            races::a_state_is_followed_by_one_try ["Reserve" "Reserve/ThrottleChanged"]
            races::every_try_is_counted ["Reserve"]
            races::a_name_goes_to_one ["CreateUser" "CreateUser/LoginNameTaken"]
            races::a_commit_that_fails_takes_nobody_along ["CreateUser" "CreateUser/LoginNameTaken"]
            races::a_session_is_ended_by_one ["EndSession" "EndSession/SessionEnded"]
            races::a_master_key_is_recorded_by_one ["RecordMasterKey" "RecordMasterKey/MasterKeyRecorded"]
            races::two_processes_write_at_once ["CreateUser"]
        }
    };
}

on!(sqlite);
on!(postgres);
