<?php
declare( strict_types=1 );

namespace Altsmith\Placements;

use Altsmith\Rest\Access;
use Altsmith\Rest\Placements_Controller;

defined( 'ABSPATH' ) || exit;

/** Puts the parts of this folder together: the index, the scan, the list, the changes, and the fill at render time. */
final class Placements {
	public readonly Placement_List $list;

	private readonly Placement_Updater $updater;

	public readonly Library_Text $library;

	private readonly Change_Log $log;

	private readonly Placement_Index $index;

	public readonly Placement_Scan $scan;

	private readonly Page_Caches $caches;

	public function __construct( private readonly Access $access ) {
		$table    = new Placement_Table();
		$search   = new Place_Search( new Place_Readers(), new Attachment_Check() );
		$builders = new Builders();

		$this->library = new Library_Text();
		$this->log     = new Change_Log();
		$this->index   = new Placement_Index( $table, $search );
		$this->scan    = new Placement_Scan( $this->index );
		$this->list    = new Placement_List( $table, $search, $this->library, $builders );
		$this->updater = new Placement_Updater( $search, new Post_Content(), $this->log, $builders );
		$this->caches  = new Page_Caches( $table, $search->readers );
	}

	public function register(): void {
		$this->index->register();
		$this->scan->register();
		$this->caches->register();
		add_action(
			'rest_api_init',
			fn() => ( new Placements_Controller( $this->access, $this->list, $this->updater, $this->library, $this->log, $this->scan ) )->register()
		);
	}
}
